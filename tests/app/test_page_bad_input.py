"""Whatever is typed for a run folder: one clear line, and what is open stays open."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from tests.app.test_pages import opened


@pytest.fixture
def app(made_run: Run, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DBS_RUNS", str(made_run.root))
    return opened("start.py")


def typed(app: AppTest, text: str) -> AppTest:
    """Type a run folder into the form of the first page."""
    app.text_input(key="folder_path_start").set_value(text)
    key = "FormSubmitter:folder_start-Open"
    return app.button(key=key).click().run()


def run_of(folder: Path, like: Run, **changes: object) -> Path:
    """Make a folder whose run.json is that of a run but for some words."""
    folder.mkdir()
    value = json.loads((like.root / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**value, **changes}))
    return folder


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no path is given"),
        ("   ", "no path is given"),
        ("nowhere", "no such folder"),
        ("empty", "no run here"),
        ("a.mp4", "no such folder"),
        ("n" * 300, "File name too long"),
    ],
)
def test_a_folder_that_is_no_run_is_one_line(
    app: AppTest, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.mp4").touch()
    typed(app, str(tmp_path / text) if text.strip() else text)
    assert not app.exception
    (error,) = app.error
    assert said in error.value
    assert "Errno" not in error.value
    assert "\n" not in error.value
    assert app.selectbox(key="video").value  # what was open still is


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"schema": 99}, "version"), ({"classes": None}, "no valid run")],
    ids=["of another version", "no run"],
)
def test_a_run_that_cannot_be_read_is_one_line(
    app: AppTest, made_run: Run, tmp_path: Path, changes: dict, said: str
) -> None:
    """It says so where it was opened, and the other run can be chosen again."""
    typed(app, str(run_of(tmp_path / "odd", made_run, **changes)))
    assert not app.exception
    assert any(said in error.value for error in app.error)
    app.selectbox(key="run").set_value(run_id(made_run.root)).run()
    assert not app.error
    assert app.selectbox(key="video").value
