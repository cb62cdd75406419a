"""Which layout a path has; single videos; the records of a data set."""

from pathlib import Path

import pytest

from dbs_core.datasets import Dataset, canonical_split, open_dataset, open_video
from dbs_core.method.video.integrity import check
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runtime.errors import InputError
from tests.core.make_video import write_video
from tests.shared_data import shared_data

NONE = ClassList((), ())


def test_a_file_is_a_data_set_of_one(tmp_path: Path) -> None:
    path = write_video(tmp_path / "my film.mp4", 5)
    classes = ClassList(("A",), (4,))
    dataset = open_dataset(path, classes)
    assert (dataset.kind, dataset.name, dataset.classes) == (
        "video",
        "my film",
        classes,
    )
    (video,) = dataset.split("video")
    assert (video.video_id, video.truth) == ("my film", None)
    assert check(video).problems == ()


def test_a_folder_of_loose_videos() -> None:
    dataset = open_dataset(shared_data("clips", "codecs"))
    assert (dataset.kind, len(dataset.videos)) == ("video", 10)
    assert all(check(video).readable for video in dataset.videos)


@pytest.mark.parametrize("use", [open_dataset, open_video])
def test_nothing_there_is_one_line(tmp_path: Path, use) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        use(tmp_path / "nowhere")
    with pytest.raises(InputError, match=f"{tmp_path}: no video file in it"):
        use(tmp_path)


def test_hidden_and_other_files_are_no_videos(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 5)
    (tmp_path / "._a.mp4").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("")
    assert [v.video_id for v in open_dataset(tmp_path).videos] == ["a"]


@pytest.mark.parametrize(
    ("name", "split"),
    [("val", "validation"), ("Validation", "validation"), ("Testing", "test")],
)
def test_one_name_for_a_split(name: str, split: str) -> None:
    assert canonical_split(name) == split


def test_an_unknown_or_empty_split_is_named(tmp_path: Path) -> None:
    dataset = open_dataset(write_video(tmp_path / "a.mp4", 5))
    with pytest.raises(InputError, match=r"no such split, .* got dev"):
        dataset.split("dev")
    with pytest.raises(InputError, match=r"no video in this split, .* got test"):
        dataset.split("test")


def test_records_check_themselves(tmp_path: Path) -> None:
    entry = VideoEntry("a", tmp_path / "a.mp4", "test", None)
    with pytest.raises(ValueError, match="'dev'"):
        VideoEntry("a", tmp_path, "dev", None)
    with pytest.raises(ValueError, match="video_id"):
        VideoEntry("", tmp_path, "test", None)
    with pytest.raises(ValueError, match="'coco'"):
        Dataset("n", "coco", tmp_path, NONE, (entry,), ())
    with pytest.raises(ValueError, match=r"\('test', 'a'\)"):
        Dataset("n", "video", tmp_path, NONE, (entry, entry), ())
