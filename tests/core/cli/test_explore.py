"""`explore`: which app is started, with what it opens, with which options."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from dbs_core.cli import explore
from dbs_core.cli.main import main
from dbs_core.runs import places
from tests.core.colour_dataset import write_dataset
from tests.core.make_video import write_video
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


def data_set(folder: Path) -> Path:
    return write_dataset(folder / "colours")


def one_video(folder: Path) -> Path:
    return write_video(folder / "match.mp4", 5)


def videos(folder: Path) -> Path:
    write_video(folder / "a.mp4", 5)
    write_video(folder / "b.mp4", 5)
    return folder


def table(folder: Path) -> Path:
    one_video(folder)
    path = folder / "mine.csv"
    path.write_text("video,start,end,label\nmatch.mp4,0.1,0.2,Jumping\n")
    return path


def detections(folder: Path) -> Path:
    path = folder / "found.csv"
    path.write_text("video,start_s,end_s,label,score\nmatch,0.1,0.2,Jumping,0.5\n")
    return path


def ground_truth(folder: Path) -> Path:
    one_video(folder)
    found = {"label": "Jumping", "segment": [0.1, 0.2]}
    entry = {"subset": "validation", "duration": 0.2, "annotations": [found]}
    path = folder / "truth.json"
    path.write_text(json.dumps({"database": {"match": entry}}))
    return path


def results(folder: Path) -> Path:
    found = {"label": "Jumping", "segment": [0.1, 0.2], "score": 0.5}
    path = folder / "result.json"
    path.write_text(json.dumps({"results": {"match": [found]}}))
    return path


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("data", data_set),
        ("data", table),
        ("data", ground_truth),
        ("video", one_video),
        ("video", videos),
        ("result", detections),
        ("result", results),
    ],
)
def test_whatever_is_named_opens_as_what_it_is(started, tmp_path, kind, make):
    path = make(tmp_path)
    assert main(["explore", str(path), "sample"]) == 7
    ((_, environment),) = started
    assert environment[places.OPEN] == f"{kind}:{path}"
    assert environment["DBS_RUNS"] == str(places.SAMPLE)


def test_a_name_from_before_is_not_handed_on(started, monkeypatch):
    monkeypatch.setenv(places.OPEN, "video:/gone.mp4")
    assert main(["explore"]) == 7
    assert started[0][1][places.OPEN] == ""


def empty(folder: Path) -> Path:
    return folder


def prose(folder: Path) -> Path:
    path = folder / "notes.txt"
    path.write_text("nothing of the kind\n")
    return path


def pickle(folder: Path) -> Path:
    path = folder / "eval_results.pkl"
    path.write_bytes(b"\x80\x04]q\x00.")
    return path


def half_a_json(folder: Path) -> Path:
    path = folder / "cut.json"
    path.write_text('{"results": {"match": [')
    return path


@pytest.mark.parametrize("make", [empty, prose, pickle, half_a_json])
def test_what_is_none_of_them_is_told_in_a_line(started, tmp_path, capsys, make):
    path = make(tmp_path)
    assert main(["explore", str(path)]) == 2
    assert started == []
    said = capsys.readouterr().err
    assert said.startswith(f"error: {path}: nothing that the app opens")
    assert "wanted a run, a data set, a video" in said
    assert len(said.splitlines()) == 1


def test_what_is_not_there_is_told(started, tmp_path, capsys):
    gone = tmp_path / "gone"
    assert main(["explore", str(gone)]) == 2
    assert capsys.readouterr().err == f"error: {gone}: no such file or folder\n"


def test_one_place_at_a_time(started, tmp_path, capsys):
    both = [str(one_video(tmp_path)), str(detections(tmp_path))]
    assert main(["explore", *both]) == 2
    assert "one of these at a time" in capsys.readouterr().err
    assert started == []


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
