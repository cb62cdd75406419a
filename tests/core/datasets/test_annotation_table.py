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
VIA_NOTES = """# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg)
# Notes:
# - temporal coordinate of [4.633] denotes a still video frame at 4.633 sec.
# SHAPE_ID = {"POINT":1,"RECTANGLE":2}
# FLAG_ID = {"RESERVED_FOR_FUTURE":1}
"""
VIA = (
    VIA_NOTES
    + """# ATTRIBUTE = {"1":{"aname":"TEMPORAL-SEGMENTS","options":{"r":"Running"}}}
# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,xy,metadata
"1_x","[""a.mp4""]",0,"[1,2.5]","[]","{""1"":""r""}"
"1_y","[""b.mp4""]",0,"[2]","[]","{""1"":""r""}"
"1_z","[""b.mp4""]",0,"[2,4]","[]","{""1"":""Jumping""}"
"""
)
VIA_SEGMENTS = """# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg)
# CSV_HEADER = id,file_list,temporal_segment_start,temporal_segment_end,metadata
"1_x","[""a.mp4""]",1,2.5,"{""TEMPORAL-SEGMENTS"":""Running""}"
"1_y","[""b.mp4""]",2,undefined,"{""TEMPORAL-SEGMENTS"":""Running""}"
"1_z","[""b.mp4""]",2,4,"{""TEMPORAL-SEGMENTS"":""Jumping""}"
"""
BORIS_TOLD = "o,2024-05-01,,Media file(s),player #1:a.mp4,9.0,9.0,25.0,dog,9.0"
BORIS = (
    "Observation id,Observation date,Description,Observation type,Source,"
    "Total duration,Media duration (s),FPS (frame/s),Subject,"
    "Observation duration by subject by observation,Behavior,Behavioral category,"
    "Modifier #1,Behavior type,Start (s),Stop (s),Duration (s),Media file name,"
    "Image index start,Image index stop,Comment start,Comment stop\n"
    f"{BORIS_TOLD},Running,,,STATE,1.0,2.5,1.5,C:\\clips\\a.mp4,25,62,,\n"
    f"{BORIS_TOLD},Jumping,,,STATE,2.0,4.0,2.0,/clips/b.mp4,50,100,,\n"
    f"{BORIS_TOLD},Bark,,,POINT,3.0,3.0,NA,/clips/b.mp4,75,75,,\n"
)
BORIS_OLD = (
    "Observation id\tMedia file\tTotal length\tFPS\tSubject\tBehavior\tModifiers\t"
    "Behavior type\tStart (s)\tStop (s)\tDuration (s)\tComment start\n"
    "o\ta.mp4\t9\t25\tdog\tRunning\t\tSTATE\t1\t2.5\t1.5\t\n"
    "o\tb.mp4\t9\t25\tdog\tJumping\t\tSTATE\t2\t4\t2\t\n"
    "o\tb.mp4\t9\t25\tdog\tBark\t\tPOINT\t3\t3\tNA\t\n"
)
BORIS_EVENTS = (
    "Observation id,Observation date,Description,Observation duration,Subject,"
    "Behavior,Behavioral category,Behavior type,Time,Media file name,Comment\n"
    "o,2024-05-01,,9.0,dog,Running,,START,1.0,a.mp4,\n"
    "o,2024-05-01,,9.0,dog,Running,,STOP,2.5,a.mp4,\n"
    "o,2024-05-01,,9.0,dog,Jumping,,START,2.0,b.mp4,\n"
    "o,2024-05-01,,9.0,dog,Bark,,POINT,3.0,b.mp4,\n"
    "o,2024-05-01,,9.0,dog,Jumping,,STOP,4.0,b.mp4,\n"
)
BORIS_OLD_EVENTS = (
    "Observation id\to\n\nMedia file(s)\n\nPlayer #1\ta.mp4\n\n"
    "Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\t"
    "Behavioral category\tComment\tStatus\n"
    "1\t/clips/a.mp4\t9\t25\tdog\tRunning\t\t\tSTART\n"
    "2\t/clips/b.mp4\t9\t25\tdog\tJumping\t\t\tSTART\n"
    "2.5\t/clips/a.mp4\t9\t25\tdog\tRunning\t\t\tSTOP\n"
    "4\t/clips/b.mp4\t9\t25\tdog\tJumping\t\t\tSTOP\n"
    "5\t/clips/b.mp4\t9\t25\tdog\tJumping\t\t\tSTART\n"
)
ELAN = (
    "Tier;Begin Time - ss.msec;End Time - ss.msec;Annotation;File Name\n"
    "t;1.0;2,5;Running;a.mp4\n"
    "t;2.0;4.0;Jumping;b.mp4\n"
)
ELAN_CLOCK = (
    "Tier\t\tBegin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\t"
    "Duration - hh:mm:ss.ms\tAnnotation\tFile Path\n"
    "t\t\t00:00:01.000\t00:00:02.500\t00:00:01.500\tRunning\tfile:///c/a.mp4\n"
    "t\t\t00:00:02.000\t00:00:04.000\t00:00:02.000\tJumping\tfile:///c/b.mp4\n"
)
ELAN_MSEC = (
    "Tier\tBegin Time - msec\tEnd Time - msec\tAnnotation\tFile Name\n"
    "t\t1000\t2500\tRunning\ta.mp4\n"
    "t\t2000\t4000\tJumping\tb.mp4\n"
)
ELAN_FILES = (
    "act\t\t00:00:01.000\t1.0\t00:00:02.500\t2.5\t00:00:01.500\t1.5\tRunning\ta.eaf\n"
    "act\t\t00:00:02.000\t2.0\t00:00:04.000\t4.0\t00:00:02.000\t2.0\tJumping\tb.eaf\n"
)
ELAN_FILES_MSEC = (
    'act,1000,2500,Running,a.eaf,"C:\\clips\\a.eaf"\n'
    'act,2000,4000,Jumping,b.eaf,"C:\\clips\\b.eaf"\n'
)
ELAN_TIERS = (
    "Begin Time - ss.msec\tEnd Time - ss.msec\tDuration - ss.msec\tleft hand\tmove\t"
    "File Name\tFile Path\n"
    "1.0\t2.5\t1.5\t\tRunning\ta.eaf\n"
    "2.0\t4.0\t2.0\tJumping\t\tb.eaf\n"
)
PROGRAMS = {
    "VIA": VIA,
    "VIA's segments": VIA_SEGMENTS,
    "BORIS": BORIS,
    "BORIS 2018": BORIS_OLD,
    "BORIS's events": BORIS_EVENTS,
    "BORIS's old events": BORIS_OLD_EVENTS,
    "ELAN": ELAN,
    "ELAN's clock": ELAN_CLOCK,
    "ELAN's milliseconds": ELAN_MSEC,
    "ELAN's files": ELAN_FILES,
    "ELAN's files, milliseconds": ELAN_FILES_MSEC,
    "ELAN's tiers": ELAN_TIERS,
}


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


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_other_programs_write(tmp_path: Path, program: str) -> None:
    found = opened(tmp_path, PROGRAMS[program], "export.tsv")
    assert spans(found) == {
        "a": [(1.0, 2.5, "Running")],
        "b": [(2.0, 4.0, "Jumping")],
    }
    assert {v.split for v in found.videos} == {"train"}
    assert any("no column of splits" in problem for problem in found.problems)
    left_out = [p for p in found.problems if "left out" in p]
    assert len(left_out) == (not program.startswith("ELAN"))
    assert len(found.left_out) == len(left_out)


def test_elan_s_text_is_a_table_by_what_stands_in_it(tmp_path: Path) -> None:
    assert opened(tmp_path, ELAN_FILES, "export.txt").kind == "table"
    assert opened(tmp_path, "some notes\n", "notes.txt").kind == "video"


def test_a_value_that_is_a_number_is_no_duration(tmp_path: Path) -> None:
    rows = "act\t1.0\t2.5\t7.0\ta.eaf\nact\t2.0\t4.0\t8.0\tb.eaf\n"
    found = opened(tmp_path, rows, "export.tsv")
    assert spans(found) == {"a": [(1.0, 2.5, "7.0")], "b": [(2.0, 4.0, "8.0")]}


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
        'b,"6,7,Running,val',
        "b,6,7,Running,val",
        "d,8,7,Running,train",
        "b,1,2,Running,test",
        "b,1",
        "b,nan,inf,Running,val",
        "b,1,%s:00,Running,val" % ("9" * 400),
    )
    found = opened(tmp_path, PLAIN + "\n".join(rows) + "\n")
    assert spans(found)["b"] == [
        (3.0, 9.0, "Running"),
        (6.0, 7.0, "Running"),
        (1.0, 2.0, "Running"),
    ]
    assert "d" not in spans(found)  # or it would pass for one without action
    path = tmp_path / "mine.csv"
    assert {
        f"5 x no start before an end in seconds, left out (first: {path}:7, {path}:8, "
        f"{path}:13)",
        f"1 x row without a label, left out (first: {path}:9)",
        f"1 x row without a video, left out (first: {path}:10)",
        f"1 x row with a quote that is not closed, left out (first: {path}:11)",
        f"1 x video in a second split, its first one counts (first: {path}:14)",
        f"1 x row of another length than the header, left out (first: {path}:15)",
        f"1 x video without a row that can be used, left out (first: {path}:13)",
    } <= set(found.problems)
    assert f"{path}:16: no start before an end in seconds" in found.left_out
    assert len(found.left_out) == 10


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty table"),
        ("video,start,end\na,1,2\n", "mine.csv:1: no column 'label'"),
        ("video,start,end,label\na,2,1,x\n", "no row that can be used"),
        ('video,start,end,label\na,"1,2,x\n', "no row that can be used"),
        (
            "t\t\t00:01.0\t00:02.0\tx\n",
            "no column 'video'.*Export it with column names",
        ),
        (
            "Tier\tBegin Time - msec\tEnd Time - msec\tAnnotation\n",
            "no column 'video'.*Export several files at once",
        ),
        (
            "Begin Time - msec\tEnd Time - msec\tact\tFile Name\n1\t2\tx\n",
            "no row that can be used.*row of another length",
        ),
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
