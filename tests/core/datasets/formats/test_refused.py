"""Files that cannot be used say so in one line with file and place; never a trace."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dbs_core.datasets.formats import (
    load_detections,
    load_truth,
    read_frames,
    read_track,
    write_annotation,
    write_csv,
    write_results,
    write_submission,
    write_tracks,
)
from dbs_core.datasets.formats.reading import Reading
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError

CLASSES = ClassList(("Dive", "Jump"), (26, 40))
GOOD = '{"results": {"v": [{"label": "Dive", "score": 1, "segment": [0, 1]}]}}'


def row(**change):
    good = {"label": "Dive", "score": 0.5, "segment": [0, 1]}
    return json.dumps({"results": {"v": [good, good | change]}})


SUBMISSIONS = [
    ("v 0 1 26 0.5\nv 0 1 26", r":2: no detection.*got 'v 0 1 26'"),
    ("v 0 1 26 0.5 9", r":1: no detection"),
    ("v 0 x 26 0.5", r":1: no detection.*'v 0 x 26 0.5'"),
    ("v 0 1 2.5 0.5", r":1: no detection"),
    ("v 0 nan 26 0.5", r":1: no time in seconds.*nan"),
    ("v 0 1 26 0.5\n\nv inf 1 26 0.5", r":3: no time in seconds.*inf"),
    ("v 0 1 26 nan", r":1: no score.*nan"),
    ("v 0 1 26 -inf", r":1: no score.*-inf"),
    ("v 0 1e300 26 0.5", r":1: no time in seconds.*1e\+300"),
    ("", r"empty file: no result"),
    ("\n \n", r"empty file: no result"),
]
RESULTS = [
    ("{", r":1:2: no valid JSON"),
    ("[]", r"wanted an object, got \[\]"),
    ('{"results": []}', r"\.results: wrong layout, wanted an object"),
    ('{"result": {}}', r"no member 'results'"),
    ('{"results": {"v": {}}}', r"results\.v: wrong layout, wanted a list"),
    ('{"results": {"v": [3]}}', r"results\.v\[0\]: wrong layout"),
    (row(label=7), r"results\.v\[1\]: numbers as labels .*26 to 40.* got 7"),
    (row(label=[7]), r"results\.v\[1\]\.label: wrong layout, .*text.*, got \[7\]"),
    (row(label=True), r"results\.v\[1\]\.label: wrong layout, .*text.*, got True"),
    (row(score=None), r"results\.v\[1\].*(no score|score).*(nan|None)"),
    (row(score="high"), r"results\.v\[1\]\.score: .*'high'"),
    (row(segment=[1]), r"results\.v\[1\]\.segment: .*2 numbers, got \[1\]"),
    (row(segment=[1, 2, 3]), r"results\.v\[1\]\.segment: .*got \[1, 2, 3\]"),
    (row(segment={"a": 1}), r"results\.v\[1\]\.segment: .*a list"),
    (row(segment=[0, "x"]), r"results\.v\[1\]\.segment: .*'x'"),
    (row(segment=[0, 10**400]), r"results\.v\[1\]"),
    (GOOD.replace("[0, 1]", "[0, NaN]"), r":1:65: .*NaN is no JSON number.*\[0, NaN\]"),
    (
        GOOD.replace("Dive", 'NaN \\" NaN').replace("1,", "\n -Infinity,", 1),
        r":2:2: .*-Infinity is no JSON number",
    ),
    (GOOD.replace("[0, 1]", "[0, 1e999]"), r"results\.v\[0\]: no time.*inf"),
    ("[" * 100_000, r"no valid JSON"),
    (GOOD.replace("[0, 1]", "[0, " + "9" * 5000 + "]"), r"no valid JSON|results\.v"),
]
TABLES = [
    ("video,start_s,end_s,label\nv,0,1,Dive", r":1: no column 'score'"),
    ("video,start_s,end_s,label,score,conf\nv,0,1,Dive,1,1", r"more than one column"),
    ("video,start_s,end_s,label,score\nv,0,1,Dive", r":2: row of another length"),
    ("video,start_s,end_s,label,score\nv,0,x,Dive,1", r":2: no number, got 'x'"),
    ("video,start_s,end_s,label,score\nv,0,nan,Dive,1", r":2: no time in seconds"),
    ('video,start_s,end_s,label,score\n"v"x,0,1,Dive,1', r":2: no valid CSV"),
]


@pytest.mark.parametrize(("text", "message"), SUBMISSIONS + RESULTS + TABLES)
def test_a_bad_result_file_names_its_place(tmp_path, text, message):
    path = tmp_path / "result"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load_detections(path, CLASSES)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"database": 3}', r"\.database: wrong layout, wanted an object, got 3"),
        ('{"database": {"v": []}}', r"nothing .* can be used.*no object.*database\.v"),
        ('{"database": {"v": {"annotations": 1}}}', r"no list.*database\.v"),
        (
            '{"database": {"v": {"annotations": [{"label": "A"}]}}}',
            r"segment of two numbers.*database\.v\.annotations\[0\]",
        ),
        ('{"database": {"v": {}}, "x" 1}', r":1:29: no valid JSON \(Expecting ':'"),
        ('{"database": {"v": {}} "x": 1}', r":1:24: no valid JSON \(Expecting ','"),
        ('{"database": {"v": {},}}', r":1:23: no valid JSON \(Expecting property"),
        ('{"database": {"v": {"a": [1,}}}', r":1:29: no valid JSON"),
        ('{"database": {"v": {}}} {}', r":1:25: no valid JSON \(Extra data"),
        ('{"database": {"v": ' + "[" * 100_000, "no valid JSON"),
        ("[NaN]", r"wanted an object, got \[nan\]"),
        ('{"database": {}}', "no video in it"),
        ("", "no valid JSON"),
    ],
)
def test_a_bad_ground_truth_names_its_place(tmp_path, text, message):
    path = tmp_path / "truth.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load_truth(path)
    assert str(path) in str(caught.value)


def test_a_folder_without_a_class_list_is_named(tmp_path):
    folder = tmp_path / "annotation"
    folder.mkdir()
    with pytest.raises(InputError, match=f"{folder}: no class list"):
        load_truth(folder)


def test_an_unknown_subset_lists_those_there_are(tmp_path):
    path = tmp_path / "truth.json"
    path.write_text('{"database": {"v": {"subset": "training"}}}')
    with pytest.raises(InputError, match="subset 'test', wanted training"):
        load_truth(path, "test")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"v 0 1 26 0.5\nv\xe9 0 1 26 1\n", r":2: no UTF-8 text, got byte 0xe9"),
        (GOOD.encode("utf-16"), r":1: no UTF-8 text"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-9], r"damaged gzip|cannot read"),
        (b"\x1f\x8bnot gzip at all", r"damaged gzip|cannot read"),
    ],
)
def test_other_encodings_and_damaged_gzip(tmp_path, content, message):
    path = tmp_path / "result"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_detections(path, CLASSES)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        load_detections(tmp_path / "nowhere", CLASSES)
    with pytest.raises(InputError, match=str(tmp_path)):
        load_detections(tmp_path, CLASSES)


@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.integers(0, len(GOOD)).map(lambda cut: GOOD[:cut].encode())
    | st.tuples(st.integers(0, len(GOOD) - 1), st.sampled_from('"[]{},:-9en')).map(
        lambda at: (GOOD[: at[0]] + at[1] + GOOD[at[0] + 1 :]).encode()
    )
)
@example(b"v -1 0 26 0\n")
@example(b"video,start_s,end_s,label,score\n")
@example(b'{"results": {"\\ud800": [{"label": 1e400, "score": 1, "segment": [0, 1]}]}}')
@example(b'{"results": {"v": [{"label": "\\udce9", "score": 1, "segment": [0, 1]}]}}')
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("z") / "result"
    path.write_bytes(content)
    for read in (
        lambda: load_detections(path, CLASSES),
        lambda: load_detections(path, CLASSES, Reading(videos=["v", "w"])),
        lambda: load_truth(path),
        lambda: read_frames(path, CLASSES),
        lambda: read_track(path),
    ):
        message = refusal(read)
        assert message == "" or str(path) in message
        assert "\n" not in message


def refusal(read):
    """Give the message of an InputError, or nothing when the file is read."""
    try:
        read()
    except InputError as error:
        return str(error)
    return ""


WORDS = st.sampled_from(
    ["v", "0", "1.5", "-3", "26", "99", "nan", "inf", "1e400", "x", "0.5", "", '"']
)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=6), max_size=4), st.sampled_from(" ,")
)
def test_no_line_of_a_submission_or_table_is_dropped_silently(
    tmp_path_factory, rows, blank
):
    """Lines that are read are counted as detections or in a warning."""
    head = "video,start_s,end_s,label,score\n" if blank == "," else ""
    path = tmp_path_factory.mktemp("l") / "result"
    path.write_text(head + "\n".join(blank.join(row) for row in rows))
    lines = [
        line for line in path.read_text().split("\n")[bool(head) :] if line.strip()
    ]
    try:
        loaded = load_detections(path, CLASSES)
    except InputError:
        return
    left_out = sum(int(w.split(" x ")[0]) for w in loaded.warnings if "left out" in w)
    assert sum(map(len, loaded.found.values())) + left_out == len(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("video,time_s,Dive\nv,0,1", r":1: no column 'Jump'"),
        ("video,time_s,Dive,Jump,Jump\nv,0,1,1,1", r":1: column twice"),
        ("video,time_s,Dive,Jump\nv,0,1,x", r":2: no number, got 'x'"),
        ("video,time_s,Dive,Jump\nv,0,1,nan", r":2: score that is no finite number"),
        ("video,time_s,Dive,Jump\nv,0,1,1\nv,0,1,1", r":2: times_s: wanted increasing"),
        ("video,time_s,Dive,Jump\nv,1e12,1,1", r":2: no duration.*1000000000000"),
        ("video,time_s,duration_s,Dive,Jump\nv,5,1,1,1", r":2: duration_s"),
        ("", "empty table"),
    ],
)
def test_bad_frame_tables(tmp_path, text, message):
    path = tmp_path / "frames.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_frames(path, CLASSES)


def arrays(**change):
    good = {
        "v/probability": np.zeros((2, 3), np.float32),
        "v/times_s": np.arange(2.0),
        "v/duration_s": np.array(2.0),
    }
    return {name: value for name, value in (good | change).items() if value is not None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v/times_s": None}, "array missing, wanted v/times_s"),
        ({"v/probability": np.zeros((2, 2))}, r"wanted \(2, 3\).*got \(2, 2\)"),
        ({"v/times_s": np.array(["a", "b"])}, "no array of numbers"),
        ({"v/times_s": np.array([1.0, 0.0])}, "got a step of -1"),
        ({"v/duration_s": np.array([np.nan])}, "no duration.*nan"),
        ({"v/duration_s": np.array([object()])}, "no array of numbers"),
    ],
)
def test_bad_frame_arrays(tmp_path, change, message):
    path = tmp_path / "frames.npz"
    np.savez(path, **arrays(**change))
    with pytest.raises(InputError, match=message):
        read_frames(path, CLASSES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r":1: no WebVTT"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n", r":3: no cue of ours"),
        (
            "WEBVTT\n\ntruth 1 label=1 start=0 end=nan score=1\n"
            "00:00:00.000 --> 00:00:01.000\nx\n",
            "no usable cue",
        ),
        ("WEBVTT\n\nNOTE video x\n", ":3: no video's name"),
    ],
)
def test_bad_tracks(tmp_path, text, message):
    path = tmp_path / "v.vtt"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_track(path)


def test_names_that_a_layout_cannot_hold_are_refused_on_writing(tmp_path):
    found = {"a video": Segments.of([[0.0, 1.0]], [1], [0.5])}
    with pytest.raises(InputError, match="'a video'"):
        write_submission(tmp_path / "r.txt", found, CLASSES)
    with pytest.raises(InputError, match="got 3"):
        write_submission(
            tmp_path / "r.txt", {"v": Segments.of([[0.0, 1.0]], [3])}, CLASSES
        )
    up = ClassList(("../Dive",), (1,))
    with pytest.raises(InputError, match=r"'\.\./Dive'"):
        write_annotation(tmp_path, {}, up, "test")
    truth = {"a video": VideoTruth(Segments.of([[0.0, 1.0]], [1]), np.zeros((0, 2)))}
    with pytest.raises(InputError, match="'a video'"):
        write_annotation(tmp_path, truth, CLASSES, "test")
    with pytest.raises(InputError, match="got video"):
        write_annotation(tmp_path, {}, CLASSES, "video")


def test_a_name_that_is_no_utf_8_goes_into_json_alone(tmp_path):
    """As Python has a file name of Latin-1 bytes."""
    found = {"caf\udce9": Segments.of([[0.0, 1.0]], [1], [0.5])}
    for write in (write_csv, write_submission):
        with pytest.raises(InputError, match="a name that is no UTF-8 text"):
            write(tmp_path / "r", found, CLASSES)
    write_results(tmp_path / "r.json", found, CLASSES)
    assert list(load_detections(tmp_path / "r.json", CLASSES).found) == ["caf\udce9"]


def test_a_class_name_is_text_in_a_track_not_markup(tmp_path):
    odd = ClassList(("<b>a & b --> c</b>",), (1,))
    found = Segments.of([[0.0, 3661.5]], [1], [0.5])
    (path,) = write_tracks(tmp_path / "v", None, found, odd)
    lines = path.read_text().split("\n")
    assert lines[5] == "00:00:00.000 --> 01:01:01.500"
    assert lines[6] == "&lt;b&gt;a &amp; b --&gt; c&lt;/b&gt; 0.50"
    same = load_detections(path, odd)
    assert same.warnings == ()
    assert same.found["v"].labels.tolist() == [1]
