"""What the player calls right, wrong and missed, against the engine's own verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Browser

from dbs_core.evaluation.video_matches import judge
from dbs_core.records import Segments, VideoResult, VideoTruth
from tests.app.conftest import Shown, Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


@dataclass(frozen=True)
class Rest:
    """A video with the detections that a threshold leaves."""

    video_id: str
    detections: Segments
    truth: VideoTruth | None


def test_the_threshold_and_the_tiou_judge(on: Watched, shown: Shown) -> None:
    on.open(**shown.query)
    result = shown.result
    scores = result.detections.scores
    for least, tiou in ((None, 0.5), (float(np.median(scores)), 0.7), (0.99, 0.5)):
        threshold = "'all'" if least is None else repr(least)
        on.ask(f"p.commit({{threshold: {threshold}, tiou: {tiou}}})")
        kept = np.flatnonzero(scores >= (-np.inf if least is None else least))
        rest = Rest(result.video_id, result.detections.select(kept), result.truth)
        told = judge(rest, tiou=tiou)
        assert told is not None
        kinds = on.ask("return p.judged.kinds")
        assert [kinds[i] for i in kept] == list(told.verdicts)
        assert kinds.count("hidden") == len(scores) - len(kept)
        right, wrong = told.verdicts.count("right"), told.wrong
        truths = len(told.found_by)
        on.until("!p.frame")
        figures = on.page.locator(".figures").inner_text()
        precision = f"{right / (right + wrong):.2f}" if right + wrong else "–"
        recall = f"{(truths - told.missed) / truths:.2f}" if truths else "–"
        assert figures == f"precision {precision} · recall {recall}"
        missed = on.ask("return p.judged.finders.filter(f => f[0] < 0).length")
        assert missed == told.missed
        errors = on.ask("return p.errors().length")
        assert errors == wrong + told.missed


def test_the_slider_and_its_buttons(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.settled()
    # Told of a step, the page would answer with its own data, which have no threshold.
    on.ask("p.update({...p.data}, () => {})")
    slider = on.page.locator("[name=minScore]")
    chip = on.page.locator(".chip", has_text="HighJump")
    assert "2 true · 2 right · 1 wrong" in chip.inner_text()
    slider.fill("0.4")
    on.until("p.state.threshold === 0.4 && !p.frame")
    assert "wrong" not in chip.inner_text(), "the false alarm scores 0.31"
    assert "score=0.4" in on.ask("return p.link()")
    on.press("e")
    assert on.page.locator(".flash").inner_text() == "No error after this"
    assert on.page.locator("[data-do=ownScores]").is_hidden(), "this run has none"
    on.ask("p.update({...p.data, ownThreshold: 0.35}, () => {}); p.foot.choose(null)")
    own = on.page.locator("[data-do=ownScores][aria-pressed=true]")
    own.wait_for()
    assert own.inner_text() == "Run's own 0.35"
    assert on.ask("return p.view().score") is None
    assert "wrong" not in chip.inner_text()
    on.page.click("[data-do=allScores]")
    on.until("p.least === -Infinity && !p.frame")
    assert "1 wrong" in chip.inner_text()
    # Said once more: the page may have run again, and it knows of no own threshold.
    own_again = "p.data = {...p.data, ownThreshold: 0.35}; return p.view().score"
    assert on.ask(own_again) == "all"
    on.page.select_option("[name=tiou]", "0.7")
    on.until("p.state.tiou === 0.7")
    assert on.ask("return p.view().tiou") == 0.7


def test_a_missed_truth_is_pinned_and_explained(on: Watched) -> None:
    result: VideoResult = on.site.run.result("test", "two_jumps")
    assert result.truth is not None
    on.open(video="two_jumps", split="test", t="0")
    on.ask("p.commit({threshold: 0.99})")
    on.press("e")
    assert (on.state["truth"], on.state["detection"]) == (0, None)
    on.until("!p.frame")
    nothing = on.page.locator(".nothing").inner_text()
    assert nothing == "No detection scores 0.99 or more."
    said = on.page.locator(".pinned").inner_text()
    start, end = result.truth.segments.spans_s[0]
    assert "Truth 0: HighJump" in said
    assert "missed" in said
    assert f"{start:.1f}–{end:.1f} s" in said
    scores, times_s = result.frames.probability[:, 1], result.frames.times_s
    own = scores[(times_s >= start) & (times_s < end)]
    assert f"mean {own.mean():.2f}, highest {own.max():.2f}" in said
    assert "below the threshold" in said
    assert on.ask("return p.view().truth") == 0
    assert "truth=0" in on.ask("return p.link()")


def test_a_truth_and_a_detection_take_turns(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="0")
    on.press("g")
    assert on.state["truth"] == 0
    on.page.get_by_role("button", name="Go to detection").click()
    on.until("p.state.truth === null && p.state.detection !== null")
    place = on.ask("return p.timeline.placeOfTruth(1)")
    box = on.page.locator(".time-over").bounding_box()
    assert box is not None
    on.page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    on.until("p.state.truth === 1 && p.state.detection === null")
    on.until("!p.frame")
    matches = judge(on.site.run.result("test", "two_jumps"))
    assert matches is not None
    by = f"found by detection {matches.found_by[1]}"
    assert by in on.page.locator(".pinned").inner_text()
