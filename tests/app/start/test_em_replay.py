"""The replay on Start in Chromium: played, stepped through, by keys and by mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.app.conftest import Site
from tests.app.watching import Watched, watched

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000


@pytest.fixture
def on(browser: Browser, site: Site) -> Iterator[Watched]:
    with watched(browser, site, size=(1280, 900)) as page:
        yield page
        assert page.errors == []


def replay(on: Watched) -> Locator:
    """Open Start, and wait until the frames are there."""
    on.open("")
    em = on.page.locator(".em")
    expect(em.get_by_role("status")).to_contain_text("Before", timeout=PATIENCE_MS)
    em.scroll_into_view_if_needed()
    expect(em).to_have_attribute("data-ready", "true", timeout=PATIENCE_MS)
    return em


def stands_at(em: Locator, step: int) -> None:
    """Wait until an iteration is shown, and all has come to rest."""
    expect(em).to_have_attribute("data-step", f"{step}", timeout=PATIENCE_MS)
    expect(em).to_have_attribute("data-moving", "false", timeout=PATIENCE_MS)


def painted(em: Locator) -> str:
    return em.locator("canvas").evaluate("c => c.toDataURL()")


def test_every_way_leads_to_an_iteration_and_back(on: Watched) -> None:
    em = replay(on)
    stands_at(em, 0)
    expect(em.get_by_role("status")).to_contain_text("Before the EM")
    before = painted(em)
    em.get_by_role("button", name="One iteration forward").click()
    stands_at(em, 1)
    assert painted(em) != before
    expect(em.get_by_role("status")).to_contain_text("Iteration 1 of 9: 179 frames")
    em.locator("canvas").focus()
    on.page.keyboard.press("End")
    stands_at(em, 9)
    on.page.keyboard.press("ArrowLeft")
    stands_at(em, 8)
    slider = em.get_by_role("slider", name="Iteration")
    slider.focus()
    on.page.keyboard.press("ArrowLeft")
    stands_at(em, 7)
    slider.fill("3")
    stands_at(em, 3)
    slider.focus()
    on.page.keyboard.press("Home")
    stands_at(em, 0)
    assert painted(em) == before


def test_it_plays_to_the_end_and_pauses_on_the_way(on: Watched) -> None:
    em = replay(on)
    em.locator("canvas").focus()
    on.page.keyboard.press("Space")
    button = em.locator(".play")
    expect(button).to_have_text("Pause")
    expect(em).not_to_have_attribute("data-step", "0", timeout=PATIENCE_MS)
    button.click()
    expect(button).to_have_text("Play")
    em.get_by_role("slider").fill("8")
    button.click()
    stands_at(em, 9)
    expect(button).to_have_text("Play", timeout=PATIENCE_MS)
    button.click()  # from the end it begins anew
    expect(button).to_have_text("Pause")
    expect(em).not_to_have_attribute("data-step", "9", timeout=PATIENCE_MS)


@pytest.mark.parametrize("size", [(1280, 900), (720, 900), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits(
    size: tuple[int, int], scheme: str, browser: Browser, site: Site
) -> None:
    with watched(browser, site, scheme=scheme, size=size) as narrow:
        em = replay(narrow)
        em.get_by_role("slider").fill("9")
        stands_at(em, 9)
        wide = narrow.page.evaluate(
            "[document.documentElement.scrollWidth, innerWidth]"
        )
        assert wide[0] <= wide[1]
        box = em.bounding_box()
        assert box is not None
        for part in (".map", ".controls", ".words"):
            inner = em.locator(part).bounding_box()
            assert inner is not None
            assert inner["x"] >= box["x"] - 1
            assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
        assert narrow.errors == []
