"""A browser page on the explorer, with what the tests of the player ask of it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page

from tests.app.conftest import Site

# Streamlit probes for its base path under a page's own address; a 404 is its answer.
OWN_PROBES = ("_stcore/health", "_stcore/host-config")

# All of Start, down to its last element: a page that has stopped running may still be
# drawn, and the network idle before pictures are asked for.
ALL_THERE = """() => document.querySelector(".stMain .st-key-glossary")
  && !document.querySelector(".stApp [data-testid=stSkeleton]")
  && [...document.querySelectorAll(".stMain img")].every(
    (one) => one.complete && one.naturalWidth > 0)"""

# Frames come one after another while a video plays: two are enough.
DRAWN = """
const player = () => e.getRootNode().host?.dbsPlayer;
const frame = () => new Promise((done) => requestAnimationFrame(done));
const drawn = async () => {
  for (let n = 0; n < 2 && player()?.frame && e.isConnected; n++) await frame();
};
"""


class Watched:
    """A page, and what went wrong and over the wire on it."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        probe = any(part in str(message.location) for part in OWN_PROBES)
        if message.type == "error" and not probe:
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def open(self, path: str = "explore", **query: str) -> None:
        """Open a page; on Explore wait until the player stands."""
        self.page.goto(f"{self.site.address}/{path}?{urlencode(query)}")
        self.ready() if path.startswith("explore") else self.settled()
        if not path:  # Start's pictures go with it: who leaves before has errors
            self.page.wait_for_function(ALL_THERE, timeout=60_000)
            # Where its theme came late it has run again, with pictures in that theme.
            self.page.wait_for_load_state("networkidle")
            self.settled()
            self.page.wait_for_function(ALL_THERE, timeout=60_000)

    def ready(self) -> None:
        """Wait until the player has its data."""
        self.page.wait_for_selector(".dbs[data-ready=true]", timeout=60_000)

    def settled(self) -> None:
        """Wait until the page has stopped running."""
        self.page.wait_for_selector("[data-testid=stMainBlockContainer]")
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
        )

    def ask(self, script: str) -> Any:
        """Run a script with `p`, the player, and give what it returns.

        What the player is to draw is drawn before, and after.
        """
        wrapped = (
            f"async e => {{ {DRAWN} const p = player();"
            f" const run = async () => {{ {script} }};"
            " await drawn(); const answer = await run(); await drawn();"
            " return answer; }"
        )
        return self.page.locator(".dbs").evaluate(wrapped)

    @property
    def state(self) -> Mapping[str, Any]:
        """The state of the player."""
        return self.ask("return p.state")

    def press(self, *keys: str) -> None:
        """Press keys while the player has the focus."""
        self.page.locator(".dbs").focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.ask("")  # what they changed is drawn

    def until(self, script: str, timeout_ms: int = 60_000) -> None:
        """Wait until a condition on the player `p` holds.

        Asked anew each time: the page may put another player in the place of this one.
        """
        end = time.monotonic() + timeout_ms / 1000
        look = f"try {{ return Boolean({script}); }} catch (e) {{ return `${{e}}`; }}"
        while (found := self.ask(look)) is not True:
            assert time.monotonic() < end, (
                f"it did not come to pass: {script} ({found})"
            )
            self.page.wait_for_timeout(20)

    def mark_row(self, table: Locator, row: int, height: int = 35, x: int = 16) -> None:
        """Click a row's mark, or what else lies at x, once the table stays in place."""
        self.settled()
        grid = table.locator("canvas").first
        grid.scroll_into_view_if_needed()
        top = grid.bounding_box()
        while top != (top := grid.bounding_box()):
            self.page.wait_for_timeout(200)
        grid.click(position={"x": x, "y": 36 + height * (row + 0.5)}, force=True)


@contextmanager
def watched(
    browser: Browser,
    site: Site,
    *,
    scheme: str = "light",
    size: tuple[int, int] = (1280, 720),
) -> Iterator[Watched]:
    """Give a fresh page of a fresh browser profile."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    try:
        yield Watched(context.new_page(), site)
    finally:
        context.close()
