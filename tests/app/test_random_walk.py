"""A walk over all pages by whatever can be pressed, with a fixed seed.

Selectors, buttons, chips, layers, keys, the timeline and the imprint, rows of tables,
the bar, Back and Forward, as soon as the page rests: no exception, nothing in the
browser's console, and on Explore the sidebar says what the player shows. Not pressed:
what starts long work, downloads or removes.
"""

import random
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from tests.app.conftest import Shown, Site, serve
from tests.app.test_page_changes import sidebar
from tests.app.watching import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEED = 14
STEPS = 100  # a walk
KEYS = (
    *("e", "Shift+E", "g", "Shift+G", "m", "Tab", "Escape", "ArrowRight", "ArrowLeft"),
    *("h", "[", "]", "1", "2", "3", "n", "p", "l", "Home", "End", " ", " ", "z", "s"),
)
NOT_PRESSED = re.compile(
    r"download|remove|copy|look|detect|begin|start|build|go on|cancel|unlock|upload|"
    r"keep|browse|csv|json|png|svg|pdf|vtt|npz|zip|fullscreen|search|"
    r"show the video|token",
    re.IGNORECASE,
)
PRESSABLE = {
    "page": ".st-key-pages_bar a",
    "button": "[data-testid=stMain] button, [data-testid=stSidebar] button",
    "choice": "[data-testid=stMain] [role=radio], [data-testid=stMain] [role=checkbox]",
    "picture": "[data-testid=stMain] [data-testid=stPageLink] a",
    "chip": ".dbs .chip",
    "in player": ".dbs button, .dbs [role=radio], .dbs input[type=checkbox]",
}


@pytest.fixture(scope="module")
def site(
    made_run: Run, real_run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """An explorer with the made run, that of real videos, and the sample."""
    folder, runs = tmp_path_factory.mktemp("walk"), str(made_run.root.parent)
    with serve(real_run, folder, DBS_RUNS=runs) as running:
        yield running


NAMES = """elements => elements.map(e => e.isConnected && !e.disabled
  && e.checkVisibility() && !e.closest("[data-testid=stDownloadButton], .st-key-leave,"
  + "dialog, [data-testid=stElementToolbar], [data-testid=stFileUploader]")
  ? e.getAttribute("aria-label") || e.innerText || e.title || e.type : null)"""


def press_one(on: Watched, rng: random.Random, kind: str) -> str:
    found = on.page.locator(PRESSABLE[kind])
    names = enumerate(found.evaluate_all(NAMES))
    open_to = [(i, n) for i, n in names if n and not NOT_PRESSED.search(n)]
    if not open_to:
        return ""
    place, name = rng.choice(open_to)
    found.nth(place).click(timeout=1000)
    return str(name)


def choose_one(on: Watched, rng: random.Random) -> str:
    """Pick some option of some selector of the sidebar."""
    boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input")
    if not (count := boxes.count()):
        return ""
    boxes.nth(rng.randrange(count)).click(timeout=1000)
    options = on.page.get_by_role("option")
    options.first.wait_for(timeout=1000)
    if not (count := options.count()):  # closed by a run of the page meanwhile
        return ""
    option = options.nth(rng.randrange(count))
    name = option.inner_text()
    option.click(timeout=1000)
    return name


def press_key(on: Watched, rng: random.Random) -> str:
    if not on.page.locator(".dbs[data-ready=true]").count():
        return ""
    key = rng.choice(KEYS)
    on.page.locator(".dbs").focus(timeout=1000)
    on.page.keyboard.press(key)
    return key


def click_within(on: Watched, rng: random.Random, where: str) -> str:
    box = on.page.locator(where).first
    if not box.count() or not (size := box.bounding_box()):
        return ""
    x, y = rng.random() * size["width"], rng.random() * size["height"]
    box.click(position={"x": x, "y": y}, timeout=1000, force=True)
    return f"{x:.0f}, {y:.0f}"


def go(on: Watched, where: str) -> str:
    name = {"back": "canGoBack", "forward": "canGoForward"}[where]
    if not on.page.evaluate(f"navigation.{name}"):
        return ""
    on.page.evaluate(f"history.{where}()")
    return where


BROKEN = """() => [...document.images]
  .filter((image) => image.complete && !image.naturalWidth).map((image) => image.src)"""

ACTS: dict[str, tuple[int, Callable[[Watched, random.Random], str]]] = {
    **{
        kind: (weight, lambda on, rng, kind=kind: press_one(on, rng, kind))
        for kind, weight in (("page", 3), ("button", 2), ("choice", 1))
    },
    **{
        kind: (weight, lambda on, rng, kind=kind: press_one(on, rng, kind))
        for kind, weight in (("picture", 1), ("chip", 3), ("in player", 3))
    },
    "selector": (4, choose_one),
    "key": (8, press_key),
    "timeline": (1, lambda on, rng: click_within(on, rng, ".dbs .time-over")),
    "imprint": (1, lambda on, rng: click_within(on, rng, ".dbs .grid-over")),
    "table": (
        1,
        lambda on, rng: click_within(on, rng, "[data-testid=stDataFrame] canvas"),
    ),
    "back": (3, lambda on, rng: go(on, "back")),
    "forward": (2, lambda on, rng: go(on, "forward")),
}


def disagreement(on: Watched) -> str:
    """Say where sidebar and player differ; "" where they do not, or none is there."""
    explore = "/explore" in on.page.url
    if not explore or not on.page.locator(".dbs[data-ready=true]").count():
        return ""
    shown = sidebar(on)
    player = on.ask("return [p.model.videoId, p.model.name(p.state.label)]")
    said = [shown.get("video"), shown.get("cls")]
    return "" if said == player else f"sidebar {said}, player {player}"


def check(on: Watched, trail: list[str]) -> None:
    """Everything is as it should be once the page rests."""
    last = "\n".join(trail[-12:])
    for _ in range(200):
        on.settled()
        try:
            problem = disagreement(on)
        except BrowserError:
            problem = "the page went on"
        if not problem:
            break
        on.page.wait_for_timeout(50)
    assert not problem, f"{problem}\n{last}"
    assert on.page.locator("[data-testid=stException]").count() == 0, last
    # Streamlit drops a picture of a page that was left while the browser asks for it;
    # what is on the page must be whole.
    assert on.page.evaluate(BROKEN) == [], last
    errors = [error for error in on.errors if "/media/" not in error]
    assert errors == [], f"{errors}\n{last}"


def walk(on: Watched, seed: int, steps: int) -> None:
    rng, trail = random.Random(seed), list[str]()
    names = list(ACTS)
    while len(trail) < steps:
        (kind,) = rng.choices(names, [ACTS[name][0] for name in names])
        try:
            what = ACTS[kind][1](on, rng)
        except BrowserError:
            continue  # it was gone before it was pressed, or something lies over it
        if what:
            trail.append(f"{len(trail)} {kind}: {what!r} {on.page.url}")
            check(on, trail)
    on.page.wait_for_timeout(500)
    check(on, trail)


@pytest.mark.parametrize("run", ["real video", "sample"])
def test_a_walk_breaks_nothing(
    browser: Browser, site: Site, real_run: Run, run: str
) -> None:
    root = {"real video": real_run, "sample": Run.open(SAMPLE)}[run]
    split = root.splits[0]
    video = next(root.results(split)).video_id
    with watched(browser, site) as on:
        on.open("explore", **Shown(root, split, video).query)
        walk(on, SEED, STEPS)
