"""W walks over the errors of a class, through all videos; each step is one entry."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import error_table
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.run import Run
from tests.app.conftest import Site
from tests.app.test_page_changes import address, comes, rests
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser
TIOU = 0.7


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


def test_w_meets_every_error_of_the_class(on: Watched) -> None:
    """In the order of the videos and of time, as the list of Errors has them."""
    run = Run.open(SAMPLE)
    found = diagnose(judged_run(run), tiou=(TIOU,), least=0.3)
    rows = error_table(found, TIOU).errors.to_rows()
    name = "SoccerPenalty"
    wanted = [
        (row["video"], row["detection"], None if row["score"] else row["truth"])
        for row in sorted(rows, key=lambda row: (row["video"], row["start_s"]))
        if row["class"] == name
    ]
    videos = sorted(path.stem for path in run.result_files("test"))
    assert [videos.index(str(video)) for video, *_ in wanted] == [1, 3, 3, 3]
    first = {"run": run_id(SAMPLE), "split": "test", "video": videos[0], "cls": name}
    on.open("explore", **first, t="0", score="0.3", tiou=str(TIOU))

    def pinned(on: Watched) -> tuple[object, ...]:
        """Give what is pinned, once the address says it too."""
        here, state = address(on), on.state
        told = {key: int(here[key]) for key in ("det", "truth") if key in here}
        seen = state["detection"], state["truth"]
        same = seen == (told.get("det"), told.get("truth"))
        return (here.get("video"), *seen) if same else ()

    entries = on.page.evaluate("history.length")
    for number, place in enumerate(wanted):
        on.press("w")
        comes(on, pinned, place)
        rests(on)
        assert address(on)["cls"] == name
        assert on.page.evaluate("history.length") == entries + number + 1
    on.press("w")
    expect(on.page.get_by_text(re.compile("left in later videos"))).to_be_visible()
    assert pinned(on) == wanted[-1]
    on.press("Shift+W")
    comes(on, pinned, wanted[-2])
    on.page.go_back()
    comes(on, pinned, wanted[-1])


def test_w_while_keys_go_on_keeps_the_moment_with_its_video(on: Watched) -> None:
    """What the browser says meanwhile still names the video before.

    The detection of the one video used to be pinned in the other.
    """
    run = Run.open(SAMPLE)
    video = min(path.stem for path in run.result_files("test"))
    place = {"run": run_id(SAMPLE), "split": "test", "video": video}
    on.open("explore", **place, t="2", score="all")  # so that there are many errors
    on.settled()
    for key in ("e", "e", "w", "w", "w", "Shift+W"):
        on.press(key)
        on.page.wait_for_timeout(60)  # as fast as a hand is
    comes(on, lambda on: address(on)["video"] != video, True)
    rests(on)
    here = address(on)
    found = run.result("test", here["video"]).detections
    start = float(found.spans_s[int(here["det"]), 0])
    assert float(here["t"]) == pytest.approx(start, abs=0.05)
    assert len(shown := on.ask("return p.model.found.map(d => d.span)")) == len(found)
    assert shown[int(here["det"])][0] == pytest.approx(start, abs=0.01)
