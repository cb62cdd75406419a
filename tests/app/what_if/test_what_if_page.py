"""What if: a knob answers and is in the address, and what is closed says why."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.evaluation.what_if.answer import answer, answer_figures, stand
from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runs.run_settings import settings_of
from dbs_core.runs.what_if import run_subject
from explorer.errors.source import OF_FILE
from tests.app.conftest import Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser
OF_SAMPLE = {"run": "sample", "split": "test"}


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site, size=(1280, 1400)) as page:
        yield page


def said(text: str) -> re.Pattern[str]:
    """Give how the page says what the engine answers."""
    subject = run_subject(Run.open(SAMPLE), "test")
    turned = subject.turned(read_values(text))
    found = answer_figures(answer(stand(subject.standing(), 0.5), turned))
    gain = found["interval"]["estimate"]  # type: ignore[index]
    return re.compile(re.escape(f"turned: {gain:+.1f} points"))


def test_a_knob_answers_and_is_a_step(on: Watched) -> None:
    """By hand, by the address alone, and back."""
    on.open("what_if", **OF_SAMPLE)
    on.settled()
    expect(on.page.get_by_text(re.compile("91.2 % as it stands"))).to_be_visible()
    switch = on.page.locator(".st-key-knob_head")
    switch.get_by_text("off").click()
    expect(on.page.get_by_text(said("head=off"))).to_be_visible()
    expect(on.page).to_have_url(re.compile(r"set=head%3Doff"))
    expect(
        on.page.get_by_text(re.compile("Head's share: the head is off"))
    ).to_be_visible()
    on.open("what_if", **OF_SAMPLE, set="head=off,nms=0.6")
    expect(on.page.get_by_text(said("head=off,nms=0.6"))).to_be_visible()
    on.page.get_by_role("button", name="Reset all").click()
    expect(on.page.get_by_text(re.compile("Turn a knob"))).to_be_visible()
    assert on.errors == []


def test_a_video_that_moved_opens_in_explore(on: Watched) -> None:
    on.open("what_if", **OF_SAMPLE, set="nms=0.6")
    expect(on.page.get_by_text(re.compile("videos moved"))).to_be_visible()
    on.mark_row(on.page.locator(".st-key-wi_videos [data-testid=stDataFrame]"), 0)
    on.page.get_by_role("button", name="Open it in Explore").click()
    expect(on.page).to_have_url(re.compile(r"/explore\?.*video=video_test"))
    on.ready()
    assert on.errors == []


def test_of_a_file_only_filters_turn(on: Watched) -> None:
    """The sample's own detections as a file: fewer knobs, the same answer."""
    file = SAMPLE / "detections" / "test.json"
    on.open(
        "what_if",
        wi_source=OF_FILE,
        other_file=str(file),
        other_truth=str(SAMPLE_DATA),
        other_split="test",
        set="score=0.1,share=0.2",
    )
    expect(on.page.get_by_text(said("score=0.1"))).to_be_visible()
    expect(
        on.page.get_by_text(re.compile("Not turned: share: only a run"))
    ).to_be_visible()
    assert on.errors == []


def test_a_video_of_a_file_that_moved_opens_in_result_file(on: Watched) -> None:
    on.open(
        "what_if",
        **OF_SAMPLE,
        wi_source=OF_FILE,
        other_file=str(SAMPLE / "detections" / "test.json"),
        other_truth=str(SAMPLE_DATA),
        other_split="test",
        set="score=0.6",
    )
    expect(on.page.get_by_text(re.compile("videos moved"))).to_be_visible()
    on.mark_row(on.page.locator(".st-key-wi_videos [data-testid=stDataFrame]"), 0)
    on.page.get_by_role("button", name="Open it in Result file").click()
    on.page.wait_for_url(re.compile("result_file.*other_video=video_test_"))
    on.ready()
    assert on.errors == []


def test_the_made_run_its_ceiling_and_an_address_that_is_none(
    on: Watched, site: Site, tmp_path: Path
) -> None:
    of_made = {"run": site.run_id, "split": "test"}
    on.open("what_if", **of_made, wi_of="its ceiling", set="targets=eq5,tau=1")
    expect(on.page.get_by_text(re.compile("its ceiling, test"))).to_be_visible()
    expect(on.page.get_by_text(re.compile(r"turned: [+-]\d"))).to_be_visible()
    on.open("what_if", **of_made, set="grid=<b>32</b>")
    expect(on.page.get_by_text(re.compile("no such knob"))).to_be_visible()
    expect(on.page.get_by_text(re.compile("Turn a knob"))).to_be_visible()
    assert on.page.locator("b", has_text="32").count() == 0
    assert on.errors == []


def test_a_knob_turns_although_the_link_named_none(on: Watched) -> None:
    """What the link could not say is no reason to hold the knobs."""
    on.open("what_if", **OF_SAMPLE, set="grid=32")
    expect(on.page.get_by_text(re.compile("no such knob"))).to_be_visible()
    on.page.locator(".st-key-knob_head").get_by_text("off").click()
    expect(on.page.get_by_text(said("head=off"))).to_be_visible()
    expect(on.page).to_have_url(re.compile(r"set=head%3Doff"))
    expect(on.page.get_by_text(re.compile("no such knob"))).to_have_count(0)
    assert on.errors == []


def test_scores_far_below_any_that_the_knob_takes(on: Watched, tmp_path: Path) -> None:
    """Logarithms of likelihoods over a video: the page shows them as they stand."""
    file, truth = tmp_path / "log.csv", tmp_path / "truth.json"
    jump = {"segment": [1.0, 4.0], "label": "Jumping"}
    match = {"subset": "test", "duration": 9.0, "annotations": [jump]}
    truth.write_text(json.dumps({"database": {"match": match}}))
    file.write_text(
        "video,start_s,end_s,label,score\n"
        "match,1,4,Jumping,-5000000\nmatch,6,8,Jumping,-6000000.5\n"
    )
    on.open(
        "what_if",
        wi_source=OF_FILE,
        other_file=str(file),
        other_truth=str(truth),
    )
    expect(on.page.get_by_text(re.compile("Turn a knob"))).to_be_visible()
    expect(on.page.get_by_role("spinbutton", name="Least score")).to_have_value(
        "-6000001"
    )
    assert on.page.locator("[data-testid=stException]").count() == 0
    assert on.errors == []


def test_what_is_turned_is_kept_as_a_run(on: Watched, tmp_path: Path) -> None:
    """A folder of somebody's is refused; the new run is there to be compared."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("a year")
    on.open("what_if", **OF_SAMPLE, set="nms=0.6")
    on.page.get_by_text("Keep as a run").click()
    for folder, said in (("mine", "not empty"), ("turned", "Kept as turned-")):
        field = on.page.get_by_label("New folder on this computer")
        field.fill(str(tmp_path / folder))
        on.page.get_by_role("button", name="Keep", exact=True).click()
        expect(on.page.get_by_text(re.compile(said))).to_be_visible(timeout=120_000)
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert settings_of(Run.open(tmp_path / "turned")).head.overlap == 0.6
    on.page.get_by_role("button", name="Compare turned with this run").click()
    expect(on.page).to_have_url(re.compile(r"/compare\?.*compare_with=turned-"))
    expect(on.page.get_by_text(re.compile("b less a -"))).to_be_visible()
    assert on.errors == []


def test_what_is_asked_of_a_training_is_in_the_address(on: Watched) -> None:
    """A link opens the form as it was left; Back undoes; what is none is said."""
    on.open("what_if", **OF_SAMPLE, anew="grid=24,fcn=C3")
    grid = on.page.get_by_label("Grid", exact=True)
    expect(grid).to_have_value("24")
    expect(on.page.get_by_role("combobox", name="FCN")).to_have_value("C3")
    grid.fill("40")
    see = on.page.get_by_role("button", name="See what it takes")
    see.click()
    expect(on.page).to_have_url(re.compile(r"anew=grid%3D40%2Cfcn%3DC3"))
    expect(on.page.get_by_text("no path is given")).to_be_visible()
    expect(grid).to_have_value("40")
    on.page.go_back()
    expect(grid).to_have_value("24")
    on.open("what_if", **OF_SAMPLE, anew="grid=5")
    expect(on.page.get_by_text(re.compile("no value of grid"))).to_be_visible()
    assert on.errors == []


def test_a_training_anew_is_estimated_started_and_stopped(
    on: Watched, tmp_path: Path
) -> None:
    """The shipped sample's: what it takes, the command, the work, and no more of it."""
    on.open("what_if", **OF_SAMPLE)
    part = on.page.locator(".st-key-wi_anew")  # the sidebar tells of work too
    on.page.get_by_text("Train anew: grid, FCN, start, head, members").click()
    on.page.get_by_label("Folder of the new run").fill(str(tmp_path / "new"))
    see = on.page.get_by_role("button", name="See what it takes")
    see.click()
    expect(on.page.get_by_text("nothing is changed")).to_be_visible()
    grid = on.page.get_by_label("Grid", exact=True)
    grid.fill("24")
    see.click()
    start = on.page.get_by_role("button", name="Train in the background")
    expect(start).to_be_visible(timeout=120_000)
    expect(
        on.page.get_by_text(re.compile(r"About \d+.* on this computer"))
    ).to_be_visible()
    expect(on.page.get_by_text(re.compile(r"train .*--grid 24"))).to_be_visible()
    start.click()
    stop = part.get_by_role("button", name="Stop", exact=True)
    expect(part.get_by_text(re.compile("at work for"))).to_be_visible(timeout=60_000)
    expect(start).to_be_disabled()
    stop.click()
    expect(part.get_by_text(re.compile("stopped; what was finished"))).to_be_visible(
        timeout=60_000
    )
    expect(start).to_be_enabled()
    assert not (tmp_path / "new" / "model.npz").exists()
    assert on.errors == []
