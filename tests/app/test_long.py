"""A two-hour video's result stays fluid (synthetic records, no video file)."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser

from dbs_core.records import ClassList
from dbs_core.runs.run import Run, RunInfo
from tests.app.conftest import Site, serve
from tests.app.make_run import big_result
from tests.app.watching import watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    classes = ClassList(tuple(f"Class{i}" for i in range(20)), tuple(range(20)))
    folder = tmp_path_factory.mktemp("long")
    run = Run.create(
        folder / "run", RunInfo("long", "video", "made", classes, {}, 0, {})
    )
    run.write_result(big_result(7200.0, 20, np.random.default_rng(1)))
    with serve(run, folder) as site:
        yield site


def test_two_hours_stay_fluid(browser: Browser, long_site: Site) -> None:
    with watched(browser, long_site) as on:
        start = time.monotonic()
        on.open(split="test")
        assert time.monotonic() - start < 40
        assert on.ask("return p.model.steps") == 36_000
        on.ask("p.unpin(); p.zoomTo(0, 7200)")
        cell = on.ask("return p.model.origin(500)")
        on.ask(f"p.pinCell({cell})")  # about 770 frames live on it
        drawn, start = on.ask("return p.drawn"), time.monotonic()
        on.page.click("[data-do=play]")
        on.page.wait_for_timeout(2000)
        on.page.click("[data-do=play]")
        draws = (on.ask("return p.drawn") - drawn) / (time.monotonic() - start)
        assert draws >= 10  # not a slide show, on a busy machine too
        # Zooming redraws everything; one redraw is no wait, on a busy machine too.
        taken = on.ask(
            "const start = performance.now();"
            "for (let i = 0; i < 10; i++) { p.zoomTo(i * 300, i * 300 + 3600);"
            " p.timeline.draw(); } return (performance.now() - start) / 10"
        )
        assert taken < 400
        assert on.errors == []
