"""Stepping on across classes, faster than the page follows: the player stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.app.conftest import Site, serve
from tests.app.make_run import Plan, make_run
from tests.app.test_page_changes import comes, rests, sidebar
from tests.app.watching import watched

pytestmark = pytest.mark.browser

# Truths of three classes in turn, none of them found: each is an error of its own.
MISSED = tuple((i + 0.2, i + 0.9, i % 3 + 1) for i in range(20))
PLANS = (
    Plan("first", ((1.0, 2.0, 1),), seconds=4.0),
    Plan("missed", MISSED, seconds=20.4, detections=False),
)
WATCH = """() => {
  const find = (root) => {
    for (const e of root.querySelectorAll("*")) {
      if (e.matches(".dbs")) return e;
      const inner = e.shadowRoot && find(e.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const first = find(document);
  window.gone = [];
  const look = () => {
    const held = first.getRootNode().activeElement;
    if (!first.isConnected || !first.checkVisibility()) gone.push("player");
    else if (!held || !(first === held || first.contains(held))) gone.push("focus");
    window.watching = requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = Path(tmp_path_factory.mktemp("stays"))
    run = make_run(folder / "runs" / "b", PLANS)
    with serve(run, folder) as running:
        yield running


def test_stepping_through_errors_keeps_the_player(browser: Browser, site: Site) -> None:
    with watched(browser, site) as on:
        on.open("explore", run=site.run_id, split="test", video="missed", t="0")
        rests(on)
        on.page.locator(".dbs").focus()
        on.page.evaluate(WATCH)
        for _ in MISSED:
            on.page.keyboard.press("e")
            on.page.wait_for_timeout(250)
        rests(on)
        comes(
            on,
            lambda on: (
                sidebar(on)["cls"] == on.ask("return p.model.name(p.state.label)")
            ),
            True,
        )
        assert on.page.evaluate("window.gone") == []
        assert on.state["time"] > 15
        assert on.errors == []
