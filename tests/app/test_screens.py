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
    + ", .modebar, [data-testid=stWidgetLabel], [type=file]"
    + ", [data-testid=stTooltipHoverTarget]"))
  .filter((e) => (e.closest("[data-testid=stSlider]")
    ?? e.closest("[data-testid=stSelectbox], [data-testid=stMultiSelect]")
    ?.querySelector("input") ?? e).getBoundingClientRect().height < 39.5)
  .map((e) => `${e.getBoundingClientRect().height} ${e.outerHTML.slice(0, 150)}`)"""


def test_a_phone_has_room_for_a_finger(browser: Browser, site: Site) -> None:
    with watched(browser, site, size=(390, 844)) as on:
        for path in ("", "videos", "errors", "own_video", "result_file", "paper"):
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


SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.mark.parametrize("run", ["made", "sample"])
def test_nothing_jumps_while_a_page_comes(
    run: str, browser: Browser, site: Site
) -> None:
    chosen = {"run": site.run_id if run == "made" else run, "split": "test"}
    of_no_run = ("result_file",) if run == "made" else ()
    for path in (
        *("", "videos", "explore", "errors", "compare", "what_if"),
        *("own_video", "paper", *of_no_run),
    ):
        with watched(browser, site) as on:
            if (run, path) == (
                "made",
                "errors",
            ):  # on a busy machine all that is late comes at once
                slow = on.page.context.new_cdp_session(on.page)
                slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
            on.open(path, **{} if path in of_no_run else chosen)
            on.settled()
            on.page.wait_for_timeout(1000)
            assert on.page.evaluate(SHIFT) < 0.1, path


def test_room_is_kept_for_a_sidebar_where_one_comes(
    browser: Browser, site: Site
) -> None:
    with watched(browser, site) as on:
        main = on.page.get_by_test_id("stMain")
        for path, left in (("result_file", 0), ("videos", 250)):
            on.page.goto(f"{site.address}/{path}")
            main.wait_for()
            before = main.bounding_box()
            on.settled()
            after = main.bounding_box()
            assert before is not None
            assert after is not None
            assert before["x"] == after["x"] == left


def test_an_unreachable_payload_is_said(browser: Browser, site: Site) -> None:
    with watched(browser, site) as on:
        on.page.route("**/dbs/payload/**", lambda route: route.abort())
        on.page.goto(f"{site.address}/explore?split=test&video=two_jumps")
        on.page.wait_for_selector(".failure:not([hidden])")
        assert "did not arrive" in on.page.locator(".failure").inner_text()
