"""`explore`: which app is started, on which runs, with which options."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from dbs_core.cli import explore
from dbs_core.cli.main import main
from dbs_core.runs import places
from tests.core.small_model import small_run


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Sequence[str], dict]]:
    """What would be started, with its environment."""
    found: list[tuple[Sequence[str], dict]] = []
    monkeypatch.delenv("DBS_RUNS", raising=False)
    monkeypatch.setattr(explore, "_become", lambda *what: found.append(what) or 7)
    return found


def test_the_app_of_this_copy_is_started(started):
    assert main(["explore"]) == 7
    ((command, environment),) = started
    assert command[1:] == ["-m", "streamlit", "run", str(places.APP)]
    assert environment["DBS_RUNS"] == ""


def test_runs_that_are_named_come_first(started, tmp_path, monkeypatch):
    monkeypatch.setenv("DBS_RUNS", "/others")
    monkeypatch.chdir(tmp_path)
    small_run(tmp_path / "one")
    small_run(tmp_path / "many" / "two")
    assert main(["explore", "one", "many", "sample"]) == 7
    ((_, environment),) = started
    named = environment["DBS_RUNS"].split(os.pathsep)
    assert named[:2] == [str(tmp_path / "one"), str(tmp_path / "many")]
    assert named[2:] == [str(places.SAMPLE), "/others"]
    assert list(places.run_places(environment))[:2] == [Path(x) for x in named[:2]]


def test_options_go_to_the_server(started):
    assert main(["explore", "--port", "8600", "--no-browser"]) == 7
    ((command, _),) = started
    assert command[-2:] == ["--server.port=8600", "--server.headless=true"]


def test_a_folder_without_a_run_is_refused(started, tmp_path, capsys):
    assert main(["explore", str(tmp_path)]) == 2
    assert started == []
    said = capsys.readouterr().err
    assert said.startswith(f"error: {tmp_path}: no run here, wanted a folder with run")


def test_a_copy_without_the_app_says_so(started, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(explore, "APP", tmp_path / "run_app.py")
    assert main(["explore"]) == 2
    assert "pip install ." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("called", "shown"),
    [("/usr/bin/dbs", "usage: dbs "), ("__main__.py", "usage: python -m dbs_core ")],
)
def test_help_names_the_command_that_was_called(called, shown, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [called])
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert said.startswith(shown)
    assert f"{shown.removeprefix('usage: ')}explore" in said
