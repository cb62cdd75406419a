"""Annotated videos without a result are counted and named, with a file or without."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run
from dbs_core.runs.unseen import unseen_in_words, unseen_videos

FIRST, LAST = "video_test_0000001", "video_test_0000004"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE_DATA, tmp_path / "data"))


def without(data: Path, *names: str) -> Run:
    for name in names:
        (data / "run" / "results" / "test" / f"{name}.npz").unlink()
    return Run.open(data / "run")


def test_a_whole_run_misses_none() -> None:
    assert unseen_videos(Run.open(SAMPLE), "test") == {}
    assert unseen_in_words({}) == ""


def test_those_with_a_file_and_those_without(data: Path) -> None:
    run = without(data, FIRST, LAST)
    (data / "test" / f"{LAST}.mp4").unlink()
    missed = unseen_videos(run, "test")
    assert list(missed) == [FIRST, LAST]
    lines = [
        line
        for path in (data / "annotation_test").glob("*_test.txt")
        for line in path.read_text().splitlines()
        if line.startswith((FIRST, LAST))
    ]
    said = unseen_in_words(missed)
    assert f"2 annotated videos have no result, {len(lines)} truths" in said
    assert f"{FIRST}, {LAST}" in said


def test_clips_are_not_opened_one_by_one(data: Path) -> None:
    run = without(data, FIRST)
    clips = Run(run.root, replace(run.info, kind="ucf101"))
    assert list(unseen_videos(run, "test")) == [FIRST]
    assert unseen_videos(clips, "test") == {}


def test_a_data_set_that_is_gone_says_nothing(data: Path) -> None:
    run = without(data, FIRST)
    (data / "detclasslist.txt").unlink()
    shutil.rmtree(data / "annotation_test")
    assert unseen_videos(run, "test") == {}
    assert unseen_videos(run, "video") == {}
