"""A folder of own videos: no video twice, none that stops the others, goes on."""

from pathlib import Path

import pytest

from dbs_core.method.features.cache import FeatureCache
from dbs_core.runs.detecting import Detector
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.batches import batches, look_at_all, take, videos_of
from dbs_core.runs.own_videos.detect_in_parts import look_through
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import SILENT, Progress
from tests.core.make_video import write_video
from tests.core.small_model import MeanColours, small_model, small_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return requests.own_run(tmp_path / "own", small_run(tmp_path / "base"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two videos of one name in two folders, and one that is none."""
    for place in ("a.mp4", "deep/a.mp4"):
        (tmp_path / "films" / place).parent.mkdir(parents=True, exist_ok=True)
        write_video(tmp_path / "films" / place, 30)
    (tmp_path / "films" / "b.mp4").write_text("no video")
    (tmp_path / "films" / "notes.txt").write_text("no video, and not called one")
    return tmp_path / "films"


def taken(run: Run, folder: Path) -> tuple[Request, ...]:
    return take(run, folder, videos_of(folder))


def look(run: Run, batch: tuple[Request, ...], progress: Progress = SILENT) -> dict:
    cache = FeatureCache(run.features_path)
    detector = Detector(run, small_model(), MeanColours, cache, progress=progress)
    return look_at_all(run, batch, lambda one: look_through(one, detector), progress)


def test_all_are_looked_at_but_the_one_that_cannot_be(run: Run, folder: Path) -> None:
    batch = taken(run, folder)
    assert [one.video_id for one in batch] == ["a", "b", "a (2)"]
    failures = look(run, batch)
    assert list(failures) == ["b"]
    assert failures["b"].startswith("not a video")
    (after,) = batches(run).values()
    assert [requests.done(run, one) for one in after] == [True, False, True]
    assert [bool(one.problem) for one in after] == [False, True, False]


def test_what_is_done_is_not_done_again(run: Run, folder: Path) -> None:
    look(run, taken(run, folder))
    made = {p: p.stat().st_mtime_ns for p in run.result_files("video")}
    write_video(folder / "b.mp4", 30)
    assert look(run, taken(run, folder)) == {}
    (after,) = batches(run).values()
    assert len(after) == 3
    assert not any(one.problem for one in after)
    assert len(run.result_files("video")) == 3
    assert all(p.stat().st_mtime_ns == made[p] for p in made)


def test_a_stop_keeps_what_is_done_and_goes_on(run: Run, folder: Path) -> None:
    batch = taken(run, folder)
    steps: list[str] = []

    def stop_at_the_second() -> bool:
        return steps.count("detect") == 2

    progress = Progress(lambda step: steps.append(step.stage), stop_at_the_second)
    with pytest.raises(Cancelled):
        look(run, batch, progress)
    assert [requests.done(run, one) for one in batches(run)[batch[0].batch]] == [
        True,
        False,
        False,
    ]
    look(run, batches(run)[batch[0].batch])
    assert len(run.result_files("video")) == 2


def test_a_video_that_was_taken_off_meanwhile_stays_off(run: Run, folder: Path) -> None:
    batch = taken(run, folder)
    requests.forget(run, *batch[1:])
    assert look(run, batch) == {}
    assert [one.video_id for one in requests.requests(run)] == ["a"]


def test_no_folder_and_no_video_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none: no such folder"):
        videos_of(tmp_path / "none")
    with pytest.raises(InputError, match="no video file in it"):
        videos_of(tmp_path)
