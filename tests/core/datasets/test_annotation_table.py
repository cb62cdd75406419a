"""Annotation as a table beside videos: one's own, VIA's, BORIS's, ELAN's."""

from pathlib import Path

import pytest

from dbs_core.datasets import Dataset, Elsewhere, open_dataset
from dbs_core.runtime.errors import InputError

PLAIN = """video,start,end,label,split
a.mp4,1,2.5,Running,train
a.mp4,0:02,0:04,Jumping,train
b,3,9,Running,val
c,,,,test
a,4,5,Ambiguous,train
"""
VIA = """# Exported using VGG Image Annotator
# ATTRIBUTE = {"1":{"aname":"TEMPORAL-SEGMENTS","options":{"r":"Running"}}}
# CSV_HEADER = metadata_id,file_list,temporal_coordinates,spatial_coordinates,metadata
"1_x","[""a.mp4""]","[1,2.5]","[]","{""1"":""r""}"
"1_y","[""b.mp4""]","[2]","[]","{""1"":""r""}"
"1_z","[""b.mp4""]","[2,4]","[]","{""1"":""Jumping""}"
"""
BORIS = (
    "Observation id\tMedia file name\tSubject\tBehavior\tBehavior type\tStart (s)\t"
    "Stop (s)\n"
    "o\tC:\\clips\\a.mp4\tdog\tRunning\tSTATE\t1\t2.5\n"
    "o\t/clips/b.mp4\tdog\tJumping\tSTATE\t2\t4\n"
    "o\t/clips/b.mp4\tdog\tBark\tPOINT\t3\t3\n"
)
ELAN = (
    "Tier;Begin Time - ss.msec;End Time - ss.msec;Annotation;File Name\n"
    "t;1.0;2.5;Running;a.mp4\n"
    "t;2.0;4.0;Jumping;b.mp4\n"
)


def opened(folder: Path, text: str, name: str = "mine.csv", **more: Path) -> Dataset:
    for video in ("a.mp4", "b.mkv", "v_c.avi", "d.mp4"):
        (folder / video).touch()
    (folder / name).write_text(text)
    return open_dataset(folder / name, elsewhere=Elsewhere(**more))


def spans(dataset: Dataset) -> dict[str, list[tuple[float, float, str]]]:
    name = dataset.classes.name_of
    return {
        v.video_id: [
            (*map(float, span), name(int(label)))
            for span, label in zip(
                v.truth.segments.spans_s, v.truth.segments.labels, strict=True
            )
        ]
        for v in dataset.videos
        if v.truth is not None
    }


def test_a_table_of_one_s_own(tmp_path: Path) -> None:
    found = opened(tmp_path, PLAIN)
    assert (found.kind, found.name) == ("table", "mine")
    assert found.classes.names == ("Jumping", "Running")
    assert {v.video_id: v.split for v in found.videos} == {
        "a": "train",
        "b": "validation",
        "c": "test",
    }
    both = {"a": [(1.0, 2.5, "Running"), (2.0, 4.0, "Jumping")]}
    assert spans(found) == both | {"b": [(3.0, 9.0, "Running")]}
    (a,) = found.split("train")
    assert a.truth is not None
    assert a.truth.ambiguous_s.tolist() == [[4.0, 5.0]]
    assert "1 video files without annotation, not used: d.mp4" in found.problems
    assert (found.learns_from, found.judged_on) == ("train", "validation")
    assert open_dataset(tmp_path).root == found.root  # the folder will do


@pytest.mark.parametrize("text", [VIA, BORIS, ELAN], ids=["VIA", "BORIS", "ELAN"])
def test_what_other_programs_write(tmp_path: Path, text: str) -> None:
    found = opened(tmp_path, text, "export.tsv")
    assert spans(found) == {
        "a": [(1.0, 2.5, "Running")],
        "b": [(2.0, 4.0, "Jumping")],
    }
    assert {v.split for v in found.videos} == {"train"}
    assert any("no column of splits" in problem for problem in found.problems)
    left_out = [p for p in found.problems if "left out" in p]
    assert len(left_out) == (text != ELAN)


def test_a_split_file_parts_what_the_table_does_not(tmp_path: Path) -> None:
    listed = tmp_path / "splits.csv.txt"
    listed.write_text("a,train\nb,test\n")
    found = opened(tmp_path, ELAN, split_file=listed)
    assert {v.video_id: v.split for v in found.videos} == {"a": "train", "b": "test"}


def test_rows_that_cannot_be_used_are_counted_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    rows = ("b,5,4,Running,val", "b,x,9,Running,val", "b,1,2,,val", ",1,2,Running,val")
    rows = (
        *rows,
        "b,1,2,Running,test",
        "b,1",
        "b,nan,inf,Running,val",
        "b,1,%s:00,Running,val" % ("9" * 400),
    )
    found = opened(tmp_path, PLAIN + "\n".join(rows) + "\n")
    assert spans(found)["b"] == [(3.0, 9.0, "Running"), (1.0, 2.0, "Running")]
    path = tmp_path / "mine.csv"
    assert {
        f"4 x no start before an end in seconds, left out (first: {path}:7)",
        f"1 x row without a label, left out (first: {path}:9)",
        f"1 x row without a video, left out (first: {path}:10)",
        f"1 x video in a second split, its first one counts (first: {path}:11)",
        f"1 x row of another length than the header, left out (first: {path}:12)",
    } <= set(found.problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty table"),
        ("video,start,end\na,1,2\n", "mine.csv:1: no column 'label'"),
        ("video,start,end,label\na,2,1,x\n", "no row that can be used"),
        ('video,start,end,label\na,"1,2,x\n', "no valid table|no row that can"),
        ("video,start,end,label,split\na,1,2,x,dev\n", "no video of a split"),
        ("video,start,end,label\nz,1,2,x\n", "no file of any of its 1 videos"),
    ],
)
def test_what_is_no_annotation_is_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        opened(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_table_of_detections_beside_videos_is_no_annotation(tmp_path: Path) -> None:
    opened(tmp_path, PLAIN)
    (tmp_path / "found.csv").write_text("video,start_s,end_s,label,score\na,1,2,x,1\n")
    assert open_dataset(tmp_path).kind == "table"
    (tmp_path / "mine.csv").unlink()
    assert open_dataset(tmp_path).kind == "video"
