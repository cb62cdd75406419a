"""The tour in Chromium: seven steps, each beside what it speaks of, and skipped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.app.conftest import Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
SAMPLE = {"run": "sample", "split": "test"}
TITLES = (
    *("A frame", "Its window on the imprint", "A cell", "Who else lives here"),
    *("Segmentation", "Back in time", "Why this detection"),
)


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site) as page:
        yield page
        assert page.errors == []


def begun(on: Watched) -> Locator:
    """Begin it on Start, and wait for the bubble."""
    on.open("")
    on.page.get_by_role("button", name="Take a two-minute tour").click()
    bubble = on.page.get_by_role("dialog", name="Tour")
    expect(bubble).to_be_visible(timeout=PATIENCE_MS)
    return bubble


def stands(on: Watched, number: int, of: int = 7) -> None:
    """Wait until a step stands, drawn, beside what it points at."""
    expect(on.page.locator(".tour-count")).to_have_text(
        f"{number} of {of}", timeout=PATIENCE_MS
    )
    on.until(PLACED, PATIENCE_MS)


PLACED = """(() => {
  const step = p.tour.steps[p.tour.at], at = step.at(p, p.tour.story);
  const box = at instanceof DOMRect ? at : at.getBoundingClientRect();
  const ring = p.tour.ring.getBoundingClientRect();
  const bubble = p.tour.bubble.getBoundingClientRect();
  const near = (a, b) => Math.abs(a - b) < 8;
  return near(ring.left, box.left) && near(ring.top, box.top)
    && near(ring.right, box.right) && near(ring.bottom, box.bottom)
    && bubble.top >= 0 && bubble.bottom <= innerHeight
    && bubble.left >= 0 && bubble.right <= innerWidth;
})()"""
APART = """(() => {
  const [a, b] = [p.tour.ring, p.tour.bubble].map(e => e.getBoundingClientRect());
  return a.right <= b.left || b.right <= a.left
    || a.bottom <= b.top || b.bottom <= a.top;
})()"""


BARE = """(() => {
  const box = p.tour.ring.getBoundingClientRect();
  const bubble = p.tour.bubble.getBoundingClientRect();
  const meet = (a, b, by) => a.left < b.right + by && b.left < a.right + by
    && a.top < b.bottom + by && b.top < a.bottom + by;
  const all = [...p.shell.querySelectorAll("button, select, input, canvas")];
  return all.filter(one => !p.tour.bubble.contains(one))
    .map(one => one.getBoundingClientRect())
    .filter(one => one.height < 100 && meet(one, box, 24))
    .every(one => !meet(one, bubble, 0));
})()"""
"""Whether no control within 24 pixels of the ring lies under the bubble."""


def test_it_shows_what_it_speaks_of(on: Watched) -> None:
    begun(on)
    on.page.wait_for_url("**video=video_test_0000002**")
    seen: list[Any] = []
    for number, title in enumerate(TITLES, 1):
        stands(on, number)
        expect(on.page.locator(".tour-title")).to_have_text(title)
        on.until(APART, PATIENCE_MS)
        state = on.state
        seen.append((state["cell"], state["layer"], state["detection"]))
        on.page.keyboard.press("ArrowRight")
    frame, window, cell, others, labels, time, why = seen
    assert frame == window == (None, "mosaic", None)
    assert cell == others
    assert cell[0] is not None
    assert labels == time == (cell[0], "segmentation", None)
    assert why[2] is not None
    expect(on.page.locator(".tour")).to_have_count(0)
    expect(on.page.locator(".tour-ring")).to_have_count(0)


def test_the_moments_that_it_names_lie_on_the_cell_that_it_pins(on: Watched) -> None:
    bubble = begun(on)
    for _ in range(3):
        bubble.get_by_role("button", name="Next").click()
    stands(on, 4)
    pair = on.ask("return p.tour.story.pair")
    times = on.ask("return p.model.framesOn(p.state.cell).map(i => p.model.times[i])")
    for start in (pair["first"], pair["second"]):
        end = on.ask(f"return p.model.truth.find(t => t.span[0] === {start}).span[1]")
        assert any(start <= time < end for time in times)
    expect(on.page.locator(".strip .tile")).to_have_count(len(times))


def test_back_shows_what_was_there(on: Watched) -> None:
    bubble = begun(on)
    for number in (2, 3, 4, 5):
        on.page.keyboard.press("ArrowRight")
        stands(on, number)
    for number in (4, 3, 2):
        on.page.keyboard.press("ArrowLeft")
        stands(on, number)
    assert (on.state["cell"], on.state["layer"]) == (None, "mosaic")
    bubble.get_by_role("button", name="Back").click()
    stands(on, 1)
    expect(bubble.get_by_role("button", name="Back")).to_be_disabled()
    on.page.keyboard.press("ArrowLeft")
    stands(on, 1)


def test_the_focus_goes_to_the_bubble_and_comes_back(on: Watched) -> None:
    on.open(**SAMPLE)
    keys = on.page.get_by_role("button", name="Keyboard help")
    keys.focus()
    on.page.keyboard.press("Enter")
    on.page.get_by_role("button", name="Take the tour").click()
    stands(on, 1)
    bubble = on.page.get_by_role("dialog", name="Tour")
    expect(bubble.get_by_role("button", name="Next")).to_be_focused()
    expect(bubble.locator("[aria-live=polite]")).to_contain_text("A frame")
    on.page.keyboard.press("Enter")
    stands(on, 2)
    on.page.keyboard.press("Escape")
    expect(bubble).to_have_count(0)
    expect(keys).to_be_focused()
    on.page.keyboard.press("m")
    on.until("p.state.layer === 'segmentation'")


def test_it_is_offered_once_and_there_for_ever(on: Watched) -> None:
    on.open(**SAMPLE)
    offer = on.page.locator("footer [data-do=tour]")
    expect(offer).to_have_attribute("data-fresh", "true")
    expect(on.page.locator(".tour")).to_have_count(0)
    offer.click()
    stands(on, 1)
    on.page.get_by_role("button", name="Skip", exact=True).click()
    expect(on.page.locator(".tour")).to_have_count(0)
    on.open(**SAMPLE)
    expect(offer).to_have_attribute("data-fresh", "false")
    offer.click()
    stands(on, 1)
    on.page.keyboard.press("n")  # another video: what it spoke of is gone
    expect(on.page.locator(".tour")).to_have_count(0, timeout=PATIENCE_MS)


def test_it_does_not_begin_again_by_itself(on: Watched) -> None:
    begun(on)
    on.page.keyboard.press("Escape")
    on.page.get_by_role("link", name="Videos", exact=True).click()
    on.page.wait_for_url("**/videos**")
    on.settled()
    on.page.get_by_role("link", name="Explore", exact=True).click()
    on.page.wait_for_url("**/explore**")
    on.ready()
    on.settled()
    expect(on.page.locator(".tour")).to_have_count(0)


def test_without_a_detection_it_ends_before(on: Watched) -> None:
    on.open(split="test", video="nothing_found")
    expect(on.page.locator("footer [data-do=tour]")).to_have_attribute(
        "data-fresh", "false"
    )
    on.page.locator("footer [data-do=tour]").click()
    for number in range(1, 7):
        stands(on, number, 6)
        on.page.keyboard.press("ArrowRight")
    expect(on.page.locator(".tour")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        *(((1280, 720), "light"), ((720, 900), "dark")),
        *(((390, 844), "light"), ((390, 844), "dark")),  # these are looked at
    ],
)
def test_it_fits(
    size: tuple[int, int], scheme: str, browser: Browser, site: Site, artefacts: Path
) -> None:
    """Where the bubble must be narrow, what is next to the ring stays free too."""
    with watched(browser, site, scheme=scheme, size=size) as narrow:
        begun(narrow)
        for number in range(1, 8):
            stands(narrow, number)
            if size[0] == 390:
                narrow.until(f"{APART} && {BARE}", PATIENCE_MS)
                narrow.page.screenshot(path=artefacts / f"tour_{scheme}_{number}.png")
            wide = narrow.page.evaluate(
                "[document.documentElement.scrollWidth, innerWidth]"
            )
            assert wide[0] <= wide[1]
            narrow.page.keyboard.press("ArrowRight")
        assert narrow.errors == []
