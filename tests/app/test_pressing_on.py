"""Whoever presses on while the page still runs finds one thing chosen, not two.

What was pressed last and what came first may overtake each other on the way. Once the
page rests, sidebar, player and address must say the same video and the same class.
"""

import random
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from dbs_core.runs.run import Run
from tests.app.conftest import Shown, Site, serve
from tests.app.test_page_changes import sidebar
from tests.app.watching import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEED = 5
ROUNDS = 30  # of two to four acts
PAUSES_MS = (0, 20, 60, 120, 200, 260, 320, 400)
FIELDS = {"video": -2, "cls": -1}  # places of the selectors at the left


@pytest.fixture(scope="module")
def site(made_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(made_run, tmp_path_factory.mktemp("pressing")) as running:
        yield running


def choose(on: Watched, rng: random.Random, field: str) -> None:
    boxes = on.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input")
    boxes.nth(boxes.count() + FIELDS[field]).click(timeout=1000)
    options = on.page.get_by_role("option")
    options.first.wait_for(timeout=1000)
    options.nth(rng.randrange(options.count())).click(timeout=1000)


def act(on: Watched, rng: random.Random) -> str:
    """Do one of what can be done fast, and say which."""
    kind = rng.choice((*("chip", "time", "back") * 2, "forward", "step", *FIELDS))
    if kind == "chip":
        chips = on.page.locator(".dbs .chip")
        chips.first.wait_for(timeout=1000)
        chips.nth(rng.randrange(chips.count())).click(timeout=1000)
    elif kind == "time" and (
        box := on.page.locator(".dbs .time-over").first.bounding_box()
    ):
        on.page.mouse.click(box["x"] + rng.random() * box["width"], box["y"] + 20)
    elif kind == "back" and on.page.evaluate("navigation.currentEntry.index") > 2:
        on.page.evaluate("history.back()")
    elif kind == "forward" and on.page.evaluate("navigation.canGoForward"):
        on.page.evaluate("history.forward()")
    elif kind == "step":
        name = rng.choice(("Previous", "Next"))
        on.page.get_by_role("button", name=name, exact=True).click(timeout=1000)
    elif kind in FIELDS:
        choose(on, rng, kind)
    return kind


def said(on: Watched) -> dict[str, tuple[str, str]]:
    """Give video and class as three places say them."""
    left, asked = sidebar(on), parse_qs(urlparse(on.page.url).query)
    player = on.ask("return [p.model.videoId, p.model.name(p.state.label)]")
    return {
        "sidebar": (left["video"], left["cls"]),
        "player": tuple(player),
        "address": (asked["video"][0], asked.get("cls", [left["cls"]])[0]),
    }


def test_all_agree_at_rest(browser: Browser, site: Site, made_run: Run) -> None:
    rng = random.Random(SEED)
    video = made_run.result_files("test")[0].stem
    with watched(browser, site) as on:
        on.open("explore", **Shown(made_run, "test", video).query)
        for count in range(ROUNDS):
            acts = []
            for _ in range(rng.randint(2, 4)):
                try:
                    acts.append(act(on, rng))
                except BrowserError:
                    continue  # it was gone before it was pressed
                on.page.wait_for_timeout(rng.choice(PAUSES_MS))
            found: dict[str, tuple[str, str]] = {}
            for _ in range(200):
                on.settled()
                try:
                    found = said(on)
                except (BrowserError, KeyError):
                    continue  # it went on
                if len(set(found.values())) == 1:
                    break
                on.page.wait_for_timeout(50)
            assert len(set(found.values())) == 1, f"round {count}: {acts}, {found}"
        assert on.errors == []
