"""The linked player of a result file: the same as a run's, without what it lacks."""

import json
import re
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dbs_core.datasets import open_dataset
from dbs_core.evaluation.error_steps import error_elsewhere
from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.result_file import ResultFile, read_result_file
from dbs_core.evaluation.video_matches import judge
from tests.app.conftest import Site
from tests.app.make_run import scene
from tests.app.routes.test_run_routes import ask, image
from tests.app.watching import Watched, watched
from tests.shared_data import shared_data

pytestmark = pytest.mark.browser
VIDEO = "video_test_0000273"
"""Of R-C3D's file: 200 detections of many classes."""


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


def rc3d() -> tuple[dict[str, str], ResultFile]:
    """Give the address of R-C3D's file, and what it says."""
    file, truth = (
        shared_data("detections", "rc3d_thumos14_test.txt"),
        shared_data("thumos14"),
    )
    link = {"other_file": str(file), "other_truth": str(truth), "other_split": "test"}
    return link, read_result_file(file, truth, "test")


def opens(on: Watched, **query: str) -> None:
    on.open("result_file", **query)
    on.page.wait_for_selector(".dbs[data-ready=true]", timeout=60_000)


def address(on: Watched) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(on.page.url).query).items()}


def next_error(on: Watched) -> tuple[dict[str, Any], dict[str, str]]:
    """Go to the next error; gives the player's state and the address then."""
    on.press("e")
    on.page.wait_for_timeout(600)  # the hand rests: the page is told
    on.settled()
    assert on.ask("return p === window.dbsFirst && !p.closed")
    expect(on.page.locator(".dbs")).to_have_attribute("data-ready", "true")
    state = dict(on.state)
    kind = "truth" if state["detection"] is None else "detection"
    name = "truth" if kind == "truth" else "det"
    on.page.wait_for_url(re.compile(rf"[?&]{name}={state[kind]}(&|$)"))
    return state, address(on)


def test_errors_across_classes_are_steps_that_come_back(on: Watched) -> None:
    """The player stays while its class changes; Back and a refresh restore a step."""
    link, results = rc3d()
    video = results.videos[VIDEO]
    opens(on, **link, other_video=VIDEO, t="0")
    on.ask("window.dbsFirst = p")
    seen = [next_error(on) for _ in range(3)]
    matches = judge(video, results.rule)
    assert matches is not None
    for state, said in seen:
        pinned = state["detection"]
        if pinned is None:
            assert matches.found_by[state["truth"]] < 0
            assert said["truth"] == str(state["truth"])
        else:
            assert matches.verdicts[pinned] == "wrong"
            assert said["det"] == str(pinned)
            label = int(video.detections.labels[pinned])
            assert said["other_cls"] == results.classes.name_of(label)
    assert len({said["other_cls"] for _, said in seen}) > 1, "across classes"
    on.page.go_back()
    on.until(f"p.state.detection === {seen[1][0]['detection'] or 'null'}")
    assert address(on) == seen[1][1]
    on.page.reload()
    on.page.wait_for_selector(".dbs[data-ready=true]", timeout=60_000)
    again = on.state
    for part in ("detection", "truth", "label"):
        assert again[part] == seen[1][0][part]
    assert again["time"] == pytest.approx(seen[1][0]["time"], abs=0.02)


def test_errors_of_a_class_are_walked_through_all_videos(on: Watched) -> None:
    """After the last of a video W goes to the first in the videos after it."""
    link, results = rc3d()
    label = results.classes.label_of("Shotput")
    opens(on, **link, other_video=VIDEO, other_cls="Shotput", score="0.9")
    wanted = error_elsewhere(
        results.judge, Judging(0.5, 0.9), label, list(results.videos), VIDEO, 1
    )
    assert wanted is not None
    on.ask("p.seek(p.model.duration)")
    on.press("w")
    on.until(f"p.model.videoId === '{wanted.video_id}' && !p.awaiting", 30_000)
    state = on.state
    assert (state["detection"], state["truth"]) == (wanted.detection, wanted.truth)
    on.settled()
    assert address(on)["other_video"] == wanted.video_id
    assert address(on)["other_cls"] == "Shotput"


def test_the_threshold_of_the_player_judges_the_table_anew(on: Watched) -> None:
    link, results = rc3d()
    opens(on, **link, other_video=VIDEO)
    how = Judging(0.5, 0.3)
    whole = results.judge.whole(how)
    one = results.judge.videos_at(how)[VIDEO]
    on.ask("p.foot.choose(0.3)")
    words = (
        f"precision {whole.precision:.1%}, recall {whole.recall:.1%} from score 0.30"
    )
    expect(on.page.get_by_text(words)).to_be_visible()
    assert address(on)["score"] == "0.3"
    all_ = on.ask("return p.judged.all")
    assert (all_["right"], all_["wrong"], all_["missed"]) == (
        *(one.right, one.wrong, one.missed),
    )
    on.settled()
    on.page.get_by_role("button", name="All", exact=True).first.click()
    on.until("p.least === -Infinity")
    expect(on.page.get_by_text("(all scores)")).to_be_visible()
    on.settled()
    assert "score" not in address(on) or address(on)["score"] == "all"


def test_shares_of_a_video_are_shown_without_a_picture(on: Watched) -> None:
    """AutoLoc's file: no folder of videos is named, and times are shares."""
    found, truth = (
        shared_data("detections", f"autoloc_thumos14_{name}.json")
        for name in ("results", "truth")
    )
    link = {"other_file": str(found), "other_truth": str(truth)}
    opens(on, **link, other_video="video_test_0001066")
    expect(on.page.locator(".unseen")).to_contain_text("name the folder of the videos")
    for part in (".stage", ".grid", "[data-do=play]", "[name=heat]", ".scores"):
        expect(on.page.locator(part)).to_be_hidden()
    assert on.ask("return [p.model.duration, p.timeline.plan.curve ?? null]") == [
        1,
        None,
    ]
    on.press("?")
    keys = on.page.locator("dialog .rows")
    expect(keys).to_contain_text("next, previous error")
    assert "heat map" not in keys.inner_text()
    on.press("Escape")
    on.press("h", "m", " ")
    on.page.get_by_role("link", name="What goes wrong in it").click()
    expect(
        on.page.get_by_role("heading", name="Errors of autoloc_thumos14_results")
    ).to_be_visible(timeout=60_000)


def test_what_no_browser_plays_is_shown_in_stills(
    on: Watched, site: Site, tmp_path: Path
) -> None:
    """And they are those of their times; who guesses a name gets nothing."""
    for name in ("odd_codec", "two_jumps"):
        footage = site.run.video_file(site.run.result("test", name))
        shutil.copy(footage, tmp_path / f"{name}{footage.suffix}")
    found = tmp_path / "found.csv"
    found.write_text(
        "video,start_s,end_s,label,score\n"
        "odd_codec,1,2,Jump,0.5\ntwo_jumps,1,3.4,Jump,0.5\n"
    )
    link = {"other_file": str(found), "other_videos": str(tmp_path)}
    opens(on, **link, other_video="odd_codec")
    expect(on.page.locator(".stage .message")).to_contain_text("Browsers do not play")
    on.until("p.stage.mode === 'stills' && p.stage.lastStill")
    on.page.keyboard.press("n")
    expect(on.page.get_by_role("heading", name="two_jumps")).to_be_visible()
    on.until("p.model.videoId === 'two_jumps' && !p.awaiting")
    on.until("p.stage.mode === 'video' && p.stage.video.readyState >= 2")
    address_of_frames = on.ask("return p.data.frames")
    times = on.ask("return [...p.model.times]")
    for index in (0, 17, 59):
        url = f"{site.address}/{address_of_frames.replace('{i}', str(index))}"
        status, body, _ = ask(url)
        assert status == 200
        drawn = scene(times[index], ((1.0, 3.4, 1), (7.0, 9.2, 1), (4.6, 6.2, 2)))
        assert np.abs(image(body).astype(int) - drawn).mean() < 6
    for part in ("payload.bin", "video", "frame/0.jpg", "sheet/0.jpg"):
        assert ask(f"{site.address}/dbs/file/guessed/{part}")[0] == 404


def test_an_error_of_the_file_opens_in_its_player(on: Watched, tmp_path: Path) -> None:
    """Errors counts as the file does, the player best first: the same one is pinned."""
    rows = [("a", 1.0, 3.0, 0.2), ("a", 7.0, 8.0, 0.9)]
    found, truth = tmp_path / "found.csv", tmp_path / "truth.json"
    lines = [f"{video},{a},{b},Jump,{score}" for video, a, b, score in rows]
    found.write_text("\n".join(["video,start_s,end_s,label,score", *lines]))
    action = {"label": "Jump", "segment": [1.0, 3.2]}
    video = {"subset": "test", "duration": 10.0, "annotations": [action]}
    truth.write_text(json.dumps({"database": {"a": video}}))
    on.open(
        "errors",
        err_source="the result file",
        other_file=str(found),
        other_truth=str(truth),
        pick="kind=background",
    )
    expect(on.page.get_by_text(re.compile(r"^1 rows"))).to_be_visible()
    on.mark_row(on.page.get_by_test_id("stDataFrame").last, 0, height=56)
    drawer = on.page.get_by_role("dialog")
    drawer.get_by_role("button", name="Open in Result file").click()
    expect(on.page).to_have_url(re.compile(r"/result_file\?.*det=0"))
    on.page.wait_for_selector(".dbs[data-ready=true]", timeout=60_000)
    assert on.ask("return p.model.found[p.state.detection].span") == [7, 8]


def test_overlapping_truths_of_a_class_lie_in_lanes(
    on: Watched, tmp_path: Path, artefacts: Path
) -> None:
    """Each can be seen and clicked, as in MultiTHUMOS; other classes have their row."""
    spans = {"Dive": [[0.5, 4], [2, 6], [5, 8], [2.5, 5.5]], "Jump": [[1, 3]]}
    actions = [{"label": k, "segment": s} for k, rows in spans.items() for s in rows]
    video = {"subset": "test", "duration": 10.0, "annotations": actions}
    truth, found = tmp_path / "truth.json", tmp_path / "found.csv"
    truth.write_text(json.dumps({"database": {"a": video}}))
    found.write_text("video,start_s,end_s,label,score\na,2,6,Dive,0.9\n")
    opens(on, other_file=str(found), other_truth=str(truth), other_video="a", t="0")
    places = on.ask("return p.model.truth.map((_, n) => p.timeline.placeOfTruth(n))")
    heights = [y for _, y in places]
    step = heights[1] - heights[0]
    assert step > 9, "a bar is 9 pixels high"
    assert heights[:4] == [heights[0] + step * lane for lane in (0, 1, 0, 2)]
    assert heights[4] > heights[3] + step, "of another class, below the detection"
    line = on.page.locator(".time-over")
    for number in range(len(places)):
        x, y = on.ask(f"return p.timeline.placeOfTruth({number})")
        line.click(position={"x": x, "y": y}, force=True)
        on.until(f"p.state.truth === {number} && p.state.detection === null")
    x, y = on.ask("return p.timeline.place(0)")
    line.click(position={"x": x, "y": y}, force=True)
    on.until("p.state.truth === null && p.state.detection === 0")
    on.page.screenshot(path=artefacts / "overlapping-truths.png")


@pytest.mark.parametrize(
    ("spans", "apart"),
    [
        ([[0.5, 3], [4, 6]], True),
        ([[0.5, 4], [2, 6], [5, 8]], True),
        ([[0.5, 4], [2, 6], [2.5, 8]], True),
        ([[0.5, 4], [1, 4.5], [2, 5], [3, 6]], False),  # more than there are lanes
    ],
)
def test_overlapping_truths_lie_below_each_other_in_the_minimap(
    on: Watched, tmp_path: Path, artefacts: Path, spans: list[list[float]], apart: bool
) -> None:
    """Of one class or two; what is drawn is asked of the canvas itself."""
    names = ["Dive", "Dive", "Jump", "Jump"]
    rows = zip(names, spans, strict=False)
    actions = [{"label": name, "segment": span} for name, span in rows]
    video = {"subset": "test", "duration": 10.0, "annotations": actions}
    truth, found = tmp_path / "truth.json", tmp_path / "found.csv"
    truth.write_text(json.dumps({"database": {"a": video}}))
    found.write_text("video,start_s,end_s,label,score\na,8.5,9,Dive,0.9\n")
    opens(on, other_file=str(found), other_truth=str(truth), other_video="a", t="0")
    boxes = on.ask("return p.model.truth.map((_, n) => p.timeline.mapOfTruth(n))")
    over = [
        one["x"] < two["x"] + two["w"]
        and two["x"] < one["x"] + one["w"]
        and one["y"] < two["y"] + two["h"]
        and two["y"] < one["y"] + one["h"]
        for one, two in combinations(boxes, 2)
    ]
    assert any(over) is not apart
    top, detections = 2, 11
    assert all(top <= b["y"] and b["y"] + b["h"] <= detections for b in boxes)
    assert all(b["h"] >= 2 for b in boxes)
    painted = on.ask(PAINTED)
    assert all(painted), "each truth's row of pixels differs from the empty map"
    on.page.screenshot(path=artefacts / f"minimap-{len(spans)}-{apart}.png")


PAINTED = """
const line = p.timeline, dpr = devicePixelRatio;
const at = (x, y) => {
  const dots = line.base.getContext("2d").getImageData(
    Math.round(x * dpr), Math.round(y * dpr), 1, 1);
  return dots.data.join();
};
const empty = at(line.mapX(9.5), 6);
return p.model.truth.map((_, n) => {
  const { x, y, w, h } = line.mapOfTruth(n);
  // A missed truth is hollow or dashed: along its upper edge some dots are painted.
  const dots = Array.from({ length: Math.floor(w) }, (_, k) => at(x + k, y));
  return dots.some((dot) => dot !== empty);
});
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_detection_is_played_from_its_start(
    scheme: str, browser: Browser, site: Site, tmp_path: Path, artefacts: Path
) -> None:
    """A video beside the file plays; a row of the numbers leads it to its start."""
    data, video_id = shared_data("ucf9-untrimmed"), "video_test_0000001"
    found = tmp_path / "found.csv"
    found.write_text(f"video,start_s,end_s,label,score\n{video_id},5.5,8,Archery,0.7\n")
    (truth,) = (
        entry.truth
        for entry in open_dataset(data).split("test")
        if entry.video_id == video_id
    )
    with watched(browser, site, scheme=scheme) as on:
        # The folder of the truth holds the videos too: it need not be named twice.
        fill_in(on, found, data, str(data / "test") if scheme == "light" else "")
        on.settled()
        on.page.get_by_placeholder("video or class").fill("0000001")
        on.page.get_by_text("1 of ").wait_for()
        on.settled()
        tables = on.page.get_by_test_id("stDataFrame")
        on.mark_row(on.page.locator(".st-key-other_table [data-testid=stDataFrame]"), 0)
        on.page.get_by_role("heading", name=video_id).wait_for()
        on.page.wait_for_selector(".dbs[data-ready=true]", timeout=60_000)
        on.until("p.stage.video.readyState >= 2")
        on.page.get_by_text("Numbers", exact=True).click()
        expect(tables).to_have_count(4)  # the panel's two lie above the page's
        on.mark_row(tables.first, 0)
        on.until("Math.abs(p.stage.video.currentTime - 5.5) < 0.01")
        assert on.state["detection"] == 0
        assert truth is not None
        assert on.ask("return p.model.truth.map(t => t.span)") == [
            pytest.approx(span) for span in np.round(truth.segments.spans_s, 3).tolist()
        ]
        on.settled()
        on.page.wait_for_timeout(500)
        on.page.screenshot(path=artefacts / f"result-file-{scheme}.png")
        wide = on.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        assert on.errors == []


def fill_in(on: Watched, found: Path, data: Path, videos: str) -> None:
    on.open("result_file")
    on.page.get_by_label("Result file", exact=True).fill(str(found))
    on.page.get_by_label("Truth", exact=True).fill(str(data))
    on.page.get_by_role("textbox", name="Folder of the videos").fill(videos)
    on.page.get_by_role("button", name="Show", exact=True).click()
    on.page.get_by_text("result file, no imprint").wait_for()
