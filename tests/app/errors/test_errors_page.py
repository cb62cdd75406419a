"""Errors: a bar fills the list, a row opens its clip, a clip its moment in Explore."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dbs_core.evaluation.diagnosis.curve import precision_recall
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import error_table
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS, KINDS
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.run import Run
from explorer.errors.curve_chart import CURVE_CHART
from explorer.errors.reliability_chart import RELIABILITY_CHART
from tests.app.conftest import Shown, Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site, scheme="dark", size=(1280, 1200)) as page:
        yield page


def choose(on: Watched, name: str) -> None:
    """Take an option of a segmented control."""
    on.page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
    on.settled()


def rows_said(on: Watched) -> int:
    on.settled()
    text = on.page.get_by_text(re.compile(r"^\d+ rows")).inner_text()
    return int(text.split()[0])


def test_a_bar_fills_the_list_and_a_row_leads_to_explore(
    on: Watched, shown: Shown
) -> None:
    found = diagnose(judged_run(shown.run, shown.split), tiou=(0.5,))
    steps = list(figures(found)["kinds_by_group"]["0.5"].values())
    there = [kind for kind in KINDS if any(counts[kind] for counts in steps)]
    step, kind = next(
        (step, kind)
        for step, counts in enumerate(steps)
        for kind in FALSE_KINDS
        if counts[kind]
    )
    on.open("errors", **shown.query, score="all")
    choose(on, "What detections are")
    bars = on.page.locator(".js-plotly-plot .trace.bars").nth(there.index(kind))
    bars.locator(".point path").nth(step).click(force=True)
    expect(on.page).to_have_url(re.compile(rf"pick=kind%3D{kind}%26step%3D{step}"))
    assert rows_said(on) == steps[step][kind]
    on.mark_row(on.page.get_by_test_id("stDataFrame").last, 0, height=56)
    drawer = on.page.get_by_role("dialog")
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Open in Explore").click()
    expect(on.page).to_have_url(re.compile(r"/explore\?.*det=\d+"))
    on.ready()
    assert on.state["detection"] is not None
    assert on.errors == []


def test_a_link_opens_the_same_list(on: Watched, shown: Shown) -> None:
    query = {"score": "all", "err_chart": "What is missed", "pick": "kind=missed"}
    on.open("errors", **shown.query, **query)
    said = figures(diagnose(judged_run(shown.run, shown.split), tiou=(0.5,)))
    missed = said["missed"]["0.5"]
    assert rows_said(on) == missed
    pressed = on.page.get_by_test_id("stButtonGroup").get_by_text("What is missed")
    expect(pressed).to_be_visible()
    on.page.get_by_text("Per frame, and beside control").click()
    shipped = shown.query["run"] == "sample"
    told = "Perfect labels: what" if shipped else "Not computed for these results yet"
    expect(on.page.get_by_text(told)).to_be_visible()
    if not missed:
        expect(on.page.get_by_text("Nothing fits these filters")).to_be_visible()


def test_w_in_the_drawer_goes_on_to_the_next_of_the_class(on: Watched) -> None:
    """Whatever lies between in the list, and whatever its video."""
    found = diagnose(judged_run(Run.open(SAMPLE)), tiou=(0.7,))
    rows = error_table(found, 0.7).errors.to_rows()
    own = [row for row in rows if row["class"] == rows[0]["class"]]
    assert rows[1] != own[1]
    on.open("errors", run=run_id(SAMPLE), split="test", tiou="0.7")
    own_score = Run.open(SAMPLE).info.score_threshold
    line = on.page.get_by_text(
        re.compile(rf"mAP@0\.7 .* from score {own_score:.2f} \(")
    )
    expect(line).to_be_visible()  # another figure than that of all scores
    on.page.get_by_role("button", name="All", exact=True).click()
    expect(on.page.get_by_text(re.compile(r"mAP@0\.7 .*, all scores"))).to_be_visible()
    on.settled()
    assert rows_said(on) == len(rows)
    on.mark_row(on.page.get_by_test_id("stDataFrame").last, 0, height=56)
    drawer = on.page.get_by_role("dialog")
    for key, row in (("", own[0]), ("w", own[1]), ("w", own[2]), ("Shift+W", own[1])):
        if key:
            on.settled()
            on.page.keyboard.press(key)
        place = f"{row['video']}, {row['start_s']:.1f} to {row['end_s']:.1f} s"
        expect(drawer.get_by_text(place)).to_be_visible()
    assert on.errors == []


def test_a_clip_without_a_video_that_plays_has_its_times(
    on: Watched, made_run: Run
) -> None:
    """Of a file that no browser plays still frames; of one that is gone a clock."""
    found = diagnose(judged_run(made_run, "test"), tiou=(0.5,))
    rows = error_table(found, 0.5).errors.to_rows()
    place = next(i for i, row in enumerate(rows) if row["class"] == "HighJump")
    jumps = [row for row in rows if row["class"] == "HighJump"]
    on.open("errors", run=on.site.run_id, split="test", score="all")
    on.settled()
    on.mark_row(on.page.get_by_test_id("stDataFrame").last, place, height=56)
    drawer = on.page.get_by_role("dialog")
    clip = drawer.locator(".clip[data-ready=true]")
    said = {
        "gone": "The video is not here: times alone.",
        "odd_codec": re.compile(r"Browsers do not play .*\.avi"),
    }
    seen = set()
    for row in jumps:
        video = row["video"]
        place = f"{video}, {row['start_s']:.1f} to {row['end_s']:.1f} s"
        expect(drawer.get_by_text(place)).to_be_visible()
        on.settled()
        if video in said and video not in seen:
            expect(clip.get_by_text(said[video])).to_be_visible()
            still = clip.locator("img")
            if video == "odd_codec":
                expect(still).to_have_attribute("src", re.compile(r"/dbs/frame/.*jpg"))
            else:
                expect(still).to_be_hidden()
            before = clip.locator(".cursor").get_attribute("style") or ""
            clip.locator(".play").click()
            expect(clip.locator(".cursor")).not_to_have_attribute("style", before)
            seen.add(video)
        on.page.keyboard.press("w")
    assert seen == set(said)
    assert on.errors == []


def test_a_point_of_the_curve_lists_what_it_counts(on: Watched) -> None:
    """The address has the class, and the score from which on."""
    found = diagnose(judged_run(Run.open(SAMPLE)), tiou=(0.5,))
    name = "JavelinThrow"
    points = precision_recall(found, name, 0.5)
    last = len(points) - 1
    chart = {"err_chart": CURVE_CHART, "err_curve": name, "score": "all"}
    on.open("errors", run=run_id(SAMPLE), split="test", **chart)
    on.settled()
    mark = on.page.locator(".js-plotly-plot .point").nth(last)
    mark.scroll_into_view_if_needed()
    mark.click(force=True)
    expect(on.page).to_have_url(re.compile(r"pick=.*kind%3Dtrue.*score%3D"))
    assert rows_said(on) == points[last].right + points[last].false
    assert on.errors == []


def test_a_bar_of_scores_lists_its_detections_right_ones_too(
    on: Watched, shown: Shown
) -> None:
    found = diagnose(judged_run(shown.run, shown.split), tiou=(0.5,))
    bins = figures(found)["reliability"]["0.5"]["by_score"]
    right = [held["right"] for held in bins.values()]
    at = next(i for i, count in enumerate(right) if count)
    on.open("errors", **shown.query, score="all", err_chart=RELIABILITY_CHART)
    bars = on.page.locator(".js-plotly-plot .trace.bars .point path")
    bars.nth(at).click(force=True)
    expect(on.page).to_have_url(re.compile(r"pick=.*kind%3Dtrue.*score%3D"))
    low, high = map(float, list(bins)[at].split(" to "))
    scores = np.concatenate([one.scores for one in found.judged.found.values()])
    # Ambiguous ones are in no bar, and so in no list of it.
    ignored = found.marks.ignored[0] & (found.marks.found.segments.scores >= low)
    assert not ignored.any()
    assert rows_said(on) == ((scores >= low) & (scores <= high)).sum()
    assert on.errors == []


def test_where_nothing_is_left_the_page_says_why(on: Watched) -> None:
    """In place of a chart; what is missed is still told, and listed."""
    nothing = re.compile(r"No detection scores 1 or more\. Lower the threshold")
    sample = {"run": run_id(SAMPLE), "split": "test", "score": "1"}
    of_detections = "What detections are", "What errors cost", CURVE_CHART
    for chart in (*of_detections, RELIABILITY_CHART):
        on.open("errors", **sample, err_chart=chart)
        expect(on.page.get_by_text(nothing)).to_be_visible()
        assert not on.page.locator(".js-plotly-plot").count()
    truths = len(error_table(diagnose(judged_run(Run.open(SAMPLE)), tiou=(0.5,)), 0.5))
    truths -= sum(map(len, judged_run(Run.open(SAMPLE)).found.values()))
    assert rows_said(on) == truths
    assert on.errors == []
