"""The explorer's caches: beside a run, never inside the shipped sample."""

import os
from pathlib import Path

import pytest

from dbs_core.runs.cache_folder import cache_folder, user_cache
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import summarise_all


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        pytest.param({"DBS_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a", id="named"),
        pytest.param({"XDG_CACHE_HOME": "/b"}, "/b/dbs-explorer", id="the desktop's"),
    ],
)
def test_the_user_s_folder_is_the_named_one(
    environment: dict[str, str], folder: str
) -> None:
    assert user_cache(environment) == Path(folder)


def test_without_a_name_it_is_below_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert user_cache({}) == Path("/home/anna/.cache/dbs-explorer")


def test_a_run_of_one_s_own_keeps_its_cache(made_run: Run) -> None:
    assert cache_folder(made_run) == made_run.root / "cache"


def test_a_run_that_cannot_be_written_is_left_alone(
    made_run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBS_CACHE", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert cache_folder(made_run).parent == tmp_path


def test_showing_the_sample_leaves_it_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBS_CACHE", str(tmp_path))
    before = {p: p.stat().st_mtime_ns for p in SAMPLE.parent.rglob("*")}
    run = Run.open(SAMPLE)
    rows = summarise_all(run, "test")
    assert len(rows) == len(run.result_files("test"))
    assert {p: p.stat().st_mtime_ns for p in SAMPLE.parent.rglob("*")} == before
    assert (tmp_path / "sample" / "summaries-test.npz").is_file()
