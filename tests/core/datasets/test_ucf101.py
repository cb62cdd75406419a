"""The UCF101 layout: trimmed clips, class from the folder, whole clip one instance."""

from pathlib import Path

import pytest

from dbs_core.datasets import open_dataset, open_ucf101
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress
from tests.core.make_video import write_video
from tests.shared_data import shared_data


def write_clips(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_video(path, 10, codec="mpeg4")


def test_real_clips_are_read_completely() -> None:
    root = shared_data("ucf9-trimmed")
    dataset = open_dataset(root)
    assert (dataset.kind, dataset.problems) == ("ucf101", ())
    assert dataset.splits == ("train",)
    assert len(dataset.videos) == 84
    assert dataset.classes.names == tuple(sorted(p.name for p in root.iterdir()))
    for video in dataset.videos:
        assert video.truth is not None
        ((start_s, end_s),) = video.truth.segments.spans_s
        (label,) = video.truth.segments.labels
        assert dataset.classes.name_of(int(label)) == video.path.parent.name
        assert start_s == 0.0
        assert 1 < end_s < 30
    # 25 fps, 119 frames
    lengths = {v.video_id: v.truth.segments.spans_s[0, 1] for v in dataset.videos}  # type: ignore[union-attr]
    assert lengths["v_BandMarching_g08_c01"] == pytest.approx(4.76)


def test_splits_by_folder_and_classes_by_alphabet(tmp_path: Path) -> None:
    write_clips(
        tmp_path, "train/B/one.avi", "train/A/two.avi", "test/B/v_B_g01_c01.avi"
    )
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("A", "B")
    found = [(v.split, v.video_id, _label(v)) for v in dataset.videos]
    assert found == [
        ("test", "v_B_g01_c01", 2),
        ("train", "one", 2),
        ("train", "two", 1),
    ]


def test_splits_and_ids_by_the_official_lists(tmp_path: Path) -> None:
    clips = [f"UCF-101/{c}/v_{c}_g0{g}_c01.avi" for c in "AB" for g in (1, 2)]
    write_clips(tmp_path, *clips, "UCF-101/C/v_C_g01_c01.avi")
    lists = tmp_path / "ucfTrainTestlist"
    lists.mkdir()
    (lists / "classInd.txt").write_text("1 B\r\n2 A\r\n")
    (lists / "trainlist01.txt").write_text(
        "A/v_A_g01_c01.avi 2\nB/v_B_g01_c01.avi 1\nB/v_B_g07_c01.avi 1\n"
    )
    (lists / "testlist01.txt").write_text("A/v_A_g02_c01.avi\n")
    dataset = open_dataset(tmp_path)
    assert dataset.classes.names == ("B", "A")
    assert dataset.classes.official_ids == (1, 2)
    found = [(v.split, v.video_id, _label(v)) for v in dataset.videos]
    assert found == [
        ("test", "v_A_g02_c01", 2),
        ("train", "v_A_g01_c01", 2),
        ("train", "v_B_g01_c01", 1),
    ]
    problems = "\n".join(dataset.problems)
    assert "class not in it, left out: C" in problems
    assert "in a split list without a file: v_B_g07_c01.avi" in problems
    assert "in no split list, left out: v_B_g02_c01.avi, v_C_g01_c01.avi" in problems


def test_loose_clips_take_the_class_in_their_name(tmp_path: Path) -> None:
    write_clips(tmp_path, "v_High_Jump_g01_c02.avi", "v_Archery_g02_c01.avi")
    dataset = open_dataset(tmp_path)
    assert dataset.kind == "ucf101"
    assert dataset.classes.names == ("Archery", "High_Jump")
    write_clips(tmp_path, "A/v_Other_g01_c01.avi", "holiday.avi")
    again = open_ucf101(tmp_path)
    assert again.classes.names == ("A", "Archery", "High_Jump")
    assert again.problems == (f"{tmp_path}: of no class, left out: holiday.avi",)


def test_a_damaged_clip_stays_in_the_list_and_is_a_problem(tmp_path: Path) -> None:
    write_clips(tmp_path, "A/good.avi", "A/bad.avi")
    (tmp_path / "A" / "bad.avi").write_bytes(b"no video")
    dataset = open_dataset(tmp_path)
    bad, good = dataset.videos
    assert (bad.video_id, bad.truth) == ("bad", None)
    assert _label(good) == 1
    assert dataset.problems[0].startswith(f"{bad.path}: not a video")


def test_one_name_in_two_classes_is_a_problem(tmp_path: Path) -> None:
    write_clips(tmp_path, "A/one.avi", "B/one.avi")
    dataset = open_dataset(tmp_path)
    assert [_label(v) for v in dataset.videos] == [1]
    assert "id one twice in train" in dataset.problems[0]


def test_nothing_to_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no clip with a class in it"):
        open_ucf101(tmp_path)


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    write_clips(tmp_path, "A/one.avi")
    with pytest.raises(Cancelled):
        open_dataset(tmp_path, progress=Progress(cancelled=lambda: True))


def _label(video) -> int:  # type: ignore[no-untyped-def]
    (label,) = video.truth.segments.labels
    return int(label)
