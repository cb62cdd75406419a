"""A run of several members says whose imprint is drawn; another says nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dbs_core.runs.run import Run
from tests.app.conftest import serve
from tests.app.make_run import Plan, make_run
from tests.app.watching import watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("members", [1, 3])
def test_it_is_said_whose_imprint_is_drawn(
    browser: Browser, tmp_path: Path, artefacts: Path, members: int
) -> None:
    made = make_run(tmp_path / "runs" / "mine", [Plan("one", ((1.0, 2.5, 1),))])
    settings = {**made.info.settings, "members": members}
    run = Run.create(made.root, replace(made.info, settings=settings))
    (tmp_path / "server").mkdir()
    with serve(run, tmp_path / "server") as site, watched(browser, site) as on:
        on.open("explore", run=site.run_id, video="one")
        expect(on.page.get_by_text("More about this video")).to_be_visible()
        said = on.page.get_by_text("Scores are the mean of 3 members; the imprint")
        expect(said).to_have_count(int(members > 1))
        on.page.screenshot(path=artefacts / f"members_{members}.png", full_page=True)
        assert on.errors == []
