"""Videos that moved are found again from the page where one is missing."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.app.conftest import serve
from tests.app.make_run import Plan, make_run
from tests.app.watching import watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_moved_folder_is_named_in_the_page(
    browser: Browser, tmp_path: Path, artefacts: Path, scheme: str
) -> None:
    actions = ((1.0, 2.5, 1),)
    plans = [Plan(name, actions, seconds=4.0) for name in ("one", "two")]
    run = make_run(tmp_path / "runs" / "mine", plans)
    shutil.move(run.root / "videos", tmp_path / "moved")
    (tmp_path / "server").mkdir()
    with (
        serve(run, tmp_path / "server") as site,
        watched(browser, site, scheme=scheme) as on,
    ):
        on.open("explore", run=site.run_id, video="two")
        label = "Folder that the videos are in now"
        field = on.page.get_by_role("textbox", name=label)
        field.fill(str(tmp_path / "nowhere"))
        field.press("Enter")
        expect(on.page.get_by_text("no such folder")).to_be_visible()
        on.page.screenshot(path=artefacts / f"moved_video_{scheme}.png", full_page=True)
        field.fill(str(tmp_path / "moved"))
        field.press("Enter")
        expect(on.page.get_by_text("2 videos found, 0 still missing")).to_be_visible()
        expect(field).to_have_count(0)
        on.page.screenshot(path=artefacts / f"found_video_{scheme}.png", full_page=True)
        assert on.errors == []
