"""Folders that are opened in the page: remembered, listed with faults, taken off."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from explorer.sources import known_folders
from tests.app.conftest import serve
from tests.app.make_run import Plan, make_run
from tests.app.test_pages import opened
from tests.app.watching import watched


@pytest.fixture(autouse=True)
def _nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DBS_RUNS", "")
    known_folders._of_this_server().clear()


def restarted(page: str = "videos.py", **query: str) -> AppTest:
    known_folders._of_this_server().clear()
    return opened(page, **query)


def plain(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption, *app.error, *app.warning, *app.title]
    return " ".join(e.value for e in shown).replace("\\", "")


def test_a_broken_run_is_named_and_others_go_on(made_run: Run, tmp_path: Path) -> None:
    shutil.copytree(made_run.root, tmp_path / "runs" / "good")
    bad = tmp_path / "runs" / "bad"
    bad.mkdir()
    (bad / "run.json").write_text('{"secret": 1}')
    known_folders.add(tmp_path / "runs", keep=True)
    app = restarted(run=run_id(tmp_path / "runs" / "good"))
    assert not app.exception
    assert app.session_state["subject"] is not None
    assert f"{bad / 'run.json'}: no valid run" in plain(app)
    app.selectbox(key="run").set_value(run_id(bad)).run()
    assert "This run cannot be opened" in plain(app)
    assert f"{bad / 'run.json'}: no valid run" in plain(app)
    assert "secret" not in plain(app)


def test_a_damaged_list_is_one_note(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "runs.json").write_text("[")
    app = restarted()
    assert not app.exception
    assert app.session_state["subject"] is not None
    assert "runs.json" in plain(app)


def test_a_folder_that_went_can_be_taken_off(tmp_path: Path) -> None:
    known_folders.add(tmp_path / "far", keep=True)
    app = restarted()
    assert "no such folder" in plain(app)
    app.button(key=f"forget_{run_id(tmp_path / 'far')}").click().run()
    assert not app.exception
    assert "no such folder" not in plain(app)
    assert known_folders.remembered() == ()


def test_on_a_shared_server_nothing_is_kept_without_the_token(
    made_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "open" / "mine"
    shutil.copytree(made_run.root, mine)
    monkeypatch.setenv("DBS_SHARE", "1")
    monkeypatch.setenv("DBS_SHARE_FOLDERS", str(tmp_path / "open"))
    app = opened("videos.py")
    app.text_input(key="folder_path_sidebar").set_value(str(mine))
    next(b for b in app.button if b.proto.form_id == "folder_sidebar").click().run()
    assert not app.exception
    assert app.selectbox(key="run").value == run_id(mine)
    assert known_folders.remembered() == ()
    assert not [b for b in app.button if str(b.key).startswith("forget_")]


@pytest.mark.browser
def test_a_folder_opened_in_the_page_is_there_after_a_restart(
    browser: Browser, tmp_path: Path, artefacts: Path
) -> None:
    plan = Plan("one", ((1.0, 2.5, 1),), seconds=4.0)
    run = make_run(tmp_path / "elsewhere" / "mine", [plan])
    (tmp_path / "server").mkdir()
    for opening in (True, False):
        with (
            serve(run, tmp_path / "server", DBS_RUNS="") as site,
            watched(browser, site, scheme="light" if opening else "dark") as on,
        ):
            on.open("videos")
            bar = on.page.locator("[data-testid=stSidebar]")
            bar.get_by_role("button", name="Open a run folder").click()
            if opening:
                field = on.page.get_by_label("Run folder on this computer")
                field.fill(str(run.root))
                field.press("Enter")
                box = bar.locator("[data-testid=stSelectbox] input").first
                expect(box).to_have_value(site.run_id)
                continue
            listed = on.page.locator(f".st-key-forget_{site.run_id} button").first
            expect(listed).to_be_visible()
            on.page.screenshot(path=artefacts / "run_folders.png")
            listed.click()
            expect(listed).to_have_count(0)
            assert on.errors == []
