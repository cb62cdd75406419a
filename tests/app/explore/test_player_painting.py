"""Painting cells of the imprint: by mouse and by keys, against the engine's answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.records import VideoResult
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.repainting import Repainted, repainted
from dbs_core.runs.run import Run
from tests.app.conftest import Shown, Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


def drag(on: Watched, *cells: tuple[int, int]) -> None:
    """Draw with the mouse from cell to cell."""
    tall, wide = on.ask("return p.model.cells")
    box = on.page.locator(".grid-over").bounding_box()
    assert box is not None
    for number, (row, column) in enumerate(cells):
        x = box["x"] + (column + 0.5) * box["width"] / wide
        y = box["y"] + (row + 0.5) * box["height"] / tall
        on.page.mouse.move(x, y, steps=1 if number == 0 else 4)
        if number == 0:
            on.page.mouse.down()
    on.page.mouse.up()


def painted(on: Watched) -> dict[tuple[int, int], int]:
    """The painted cells, as the player has them."""
    wide = on.ask("return p.model.cells[1]")
    pairs = on.ask("return [...p.paint.cells]")
    return {divmod(place, wide): label for place, label in pairs}


def shown_spans(on: Watched) -> list[Any]:
    return on.ask("return p.model.found.map(d => [d.label, ...d.span])")


def spans_of(result: VideoResult) -> list[Any]:
    found = result.detections
    return [
        [int(label), *(round(float(x), 3) for x in span)]
        for label, span in zip(found.labels, found.spans_s, strict=True)
    ]


DONE = "!p.paint.busy && p.paint.address() === p.paint.shown"


def applied(on: Watched) -> None:
    on.until(DONE)
    assert on.ask("return p.paint.failure") == ""


def wanted(on: Watched, shown: Shown) -> Repainted:
    return repainted(shown.run, shown.result, painted(on))


def test_a_drag_over_cells_is_found_anew(on: Watched, shown: Shown) -> None:
    """A whole window of the sample's and real video's frames, and back again."""
    result = shown.result
    on.open(**shown.query, t="2")
    on.settled()
    own = shown_spans(on)
    assert own == spans_of(result)
    on.page.keyboard.press("b")
    row, column = on.ask("return p.model.origin(p.index)")
    tall, wide = result.placement.grid
    drag(on, (row % tall, column % wide), ((row + 6) % tall, (column + 6) % wide))
    applied(on)
    answer = wanted(on, shown)
    assert len(painted(on)) > 20, "three cells wide, without gaps"
    assert {result.grid.mask[cell] for cell in painted(on)} == {True}
    assert shown_spans(on) == spans_of(answer.result)
    level = on.ask("return p.judged.level")
    assert on.ask("return p.model.painted.after")[level] == pytest.approx(
        answer.after[level]
    )
    told = on.page.locator(".paint-change").inner_text()
    assert "mAP of this video at tIoU 0.5" in told
    assert f"{answer.before[level]:.2f}" in told
    assert f"{answer.after[level]:.2f}" in told or "as before" in told
    assert on.state["cell"] is None, "a drag pins nothing"
    assert on.ask("return p.view().det") is None
    on.page.keyboard.press("u")
    applied(on)
    assert shown_spans(on) == own
    assert not on.ask("return p.paint.applied")
    assert painted(on) == {}


def test_keys_paint_erase_and_undo(on: Watched) -> None:
    shown = Shown(Run.open(SAMPLE), "test", "video_test_0000001")
    on.open(**shown.query, t="4.7")
    on.settled()
    label = on.state["label"]
    on.page.keyboard.press("b")
    on.page.keyboard.press("i")  # every cell of the sample
    applied(on)
    window = painted(on)
    assert len(window) == 49
    assert set(window.values()) == {label}
    on.page.locator(".grid-over").focus()
    on.ask("e.stamped = true")
    row, column = on.ask("return p.model.origin(p.index)")
    on.page.keyboard.press("ArrowDown")
    on.page.keyboard.press("Alt+Enter")  # background, three cells wide
    on.page.keyboard.press("Shift+ArrowRight")
    applied(on)
    erased = painted(on)
    assert erased[row + 1, column - 1] == 0
    assert erased[row + 1, column + 2] == label
    assert shown_spans(on) == spans_of(wanted(on, shown).result)
    assert on.ask("return Boolean(e.stamped)"), "the player is the same"
    assert on.ask("return e.getRootNode().activeElement.className") == "grid-over"
    for _ in range(2):
        on.page.keyboard.press("u")
    applied(on)
    assert painted(on) == window


def test_what_is_cleared_comes_back_by_undo(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="2")
    on.settled()
    own = shown_spans(on)
    on.press("b", "i")
    applied(on)
    window = painted(on)
    on.page.click("[data-do=paintClear]")
    applied(on)
    assert shown_spans(on) == own
    on.page.keyboard.press("u")
    applied(on)
    assert painted(on) == window
    on.page.keyboard.press("Escape")
    assert not on.ask("return p.paint.on")
    expect(on.page.locator(".paint")).to_be_visible()  # what is painted stays


def test_paint_stays_with_its_video(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="2")
    on.settled()
    on.press("b", "i")
    applied(on)
    assert on.ask("return p.paint.applied")
    assert on.ask("return p.paint.copied()") == "Link copied"
    assert "even without paint" in " ".join(on.ask("return p.model.painted.notes"))
    on.page.keyboard.press("Escape")
    on.page.keyboard.press("p")  # the video before
    on.until("!p.awaiting && p.model.videoId !== 'two_jumps'")
    assert painted(on) == {}
    assert not on.ask("return p.paint.applied")
    expect(on.page.locator(".paint")).to_be_hidden()


def test_paint_is_in_the_link_and_a_step(on: Watched) -> None:
    """The link alone paints; Back takes a stroke back; what is too much is said."""
    on.open(video="two_jumps", split="test", t="2")
    on.settled()
    on.press("b", "i")
    applied(on)
    text, cells = on.ask("return p.paint.told"), painted(on)
    on.page.wait_for_url(lambda url: f"paint={text}" in url)
    assert f"paint={text}" in on.ask("return p.link()")
    spans = shown_spans(on)
    on.open(video="two_jumps", split="test", t="2", paint=text)
    applied(on)
    on.until("p.paint.applied")
    assert (painted(on), shown_spans(on)) == (cells, spans)
    on.press("b", "u")
    on.page.wait_for_url(lambda url: "paint=" not in url)
    on.page.go_back()
    on.until("p.paint.cells.size && !p.paint.busy")
    assert painted(on) == cells
    on.ask("p.paint.told = '1_' + '2.'.repeat(800) + '2'")
    assert "too many pieces" in on.ask("return p.paint.copied()")
    assert "paint=" not in on.ask("return p.link()")
    on.open(video="two_jumps", split="test", paint="1_999999")
    expect(on.page.get_by_text("none of this imprint's")).to_be_visible()


def test_an_answer_that_fails_is_said_and_tried_again(on: Watched) -> None:
    on.open(video="two_jumps", split="test", t="2")
    on.settled()
    on.page.route("**/dbs/painted/**", lambda route: route.abort())
    on.press("b", "i")
    on.until("p.paint.failure !== ''")
    assert "Not found anew" in on.page.locator(".paint-change").inner_text()
    assert not on.ask("return p.paint.applied")
    on.page.unroute("**/dbs/painted/**")
    on.errors.clear()  # the browser's own line on the request that was stopped
    on.press("u", "i")
    applied(on)
    assert on.ask("return p.paint.applied")
