"""Each page in light and dark: it fits, it is quiet, and a picture is kept."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.app.conftest import Site
from tests.app.watching import watched

pytestmark = pytest.mark.browser
PAGES = {
    "start": ("", {}),
    "videos": ("videos", {}),
    "explore": ("explore", {"video": "two_jumps", "t": "2.2"}),
    "explore-pinned": (
        "explore",
        {"video": "two_jumps", "t": "7.6", "det": "1", "layer": "segmentation"},
    ),
    "explore-unplayable": ("explore", {"video": "odd_codec", "t": "4"}),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_pages_fit_and_are_quiet(
    name: str, scheme: str, browser: Browser, site: Site, artefacts: Path
) -> None:
    path, query = PAGES[name]
    with watched(browser, site, scheme=scheme, size=(1440, 900)) as on:
        on.open(path, split="test", **query)
        on.settled()
        on.page.wait_for_timeout(900)
        on.page.screenshot(path=artefacts / f"{name}-{scheme}.png")
        wide = on.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        assert on.errors == []


def test_the_linked_view_fits_a_small_screen(browser: Browser, site: Site) -> None:
    with watched(browser, site, size=(1280, 720)) as on:
        on.open("explore", split="test", video="two_jumps")
        on.settled()
        box = on.page.locator(".timeline").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720


SMALL = """() => [...document.querySelectorAll(
  "[data-testid=stMain] :is(button, input, summary, [role=radio])")]
  .filter((e) => !e.closest("[data-testid=stElementToolbar], [type=checkbox], .dbs"
    + ", [data-testid=stWidgetLabel], [type=file], [data-testid=stTooltipHoverTarget]"))
  .filter((e) => (e.closest("[data-testid=stSelectbox], [data-testid=stMultiSelect]")
    ?.querySelector("input") ?? e).getBoundingClientRect().height < 39.5)
  .map((e) => `${e.getBoundingClientRect().height} ${e.outerHTML.slice(0, 150)}`)"""


def test_a_phone_has_room_for_a_finger(browser: Browser, site: Site) -> None:
    with watched(browser, site, size=(390, 844)) as on:
        for path in ("", "videos", "own_video", "result_file", "paper"):
            on.open(path, split="test", video="two_jumps")
            on.settled()
            on.page.wait_for_timeout(1000)  # what is loaded late, such as forms
            wide = on.page.evaluate(
                "[document.documentElement.scrollWidth, innerWidth]"
            )
            assert wide[0] <= wide[1], path
            assert on.page.evaluate(SMALL) == [], path


def test_the_table_of_videos_fits_a_small_screen(browser: Browser, site: Site) -> None:
    """With all of its columns, Wrong and Missed among them."""
    with watched(browser, site, size=(1280, 720)) as on:
        on.open("videos", split="test")
        table = on.page.locator(".dvn-scroller")
        table.wait_for()
        on.settled()
        hidden = table.evaluate("e => e.scrollWidth - e.clientWidth")
        assert hidden <= 0


def test_an_unreachable_payload_is_said(browser: Browser, site: Site) -> None:
    with watched(browser, site) as on:
        on.page.route("**/dbs/payload/**", lambda route: route.abort())
        on.page.goto(f"{site.address}/explore?split=test&video=two_jumps")
        on.page.wait_for_selector(".failure:not([hidden])")
        assert "did not arrive" in on.page.locator(".failure").inner_text()
