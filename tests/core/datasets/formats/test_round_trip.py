"""What is written reads back equal, in every format of the field."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.datasets.annotation import read_annotation
from dbs_core.datasets.formats import (
    GroundTruth,
    load_detections,
    load_truth,
    read_frames,
    read_ground_truth,
    read_track,
    track_text,
    write_annotation,
    write_csv,
    write_frames,
    write_ground_truth,
    write_results,
    write_submission,
    write_tracks,
)
from dbs_core.records import ClassList, FrameScores, Segments, VideoTruth
from tests.shared_data import shared_data

CLASSES = ClassList(("Dive", "Jump"), (26, 40))
NAMES = st.text("abcv_-0123456789é", min_size=1, max_size=8)
ODD_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
SECONDS = st.floats(0, 1e5).filter(lambda s: s == 0 or s > 1e-6)


@st.composite
def segments(draw, truth=False):
    n = draw(st.integers(0, 6))
    start = np.array([draw(SECONDS) for _ in range(n)])
    length = np.array([draw(st.floats(0.01, 1e3)) for _ in range(n)])
    scores = [1.0 if truth else draw(st.floats(-1e6, 1e6)) for _ in range(n)]
    return Segments(
        np.stack([start, start + length], axis=1).reshape(-1, 2),
        np.array([draw(st.integers(1, 2)) for _ in range(n)], np.int64),
        np.array(scores, np.float64),
    )


@st.composite
def truths(draw):
    ambiguous = draw(segments(truth=True)).spans_s
    return VideoTruth(draw(segments(truth=True)), ambiguous)


def same(one, other):
    np.testing.assert_array_equal(one.spans_s, other.spans_s)
    np.testing.assert_array_equal(one.labels, other.labels)
    np.testing.assert_array_equal(one.scores, other.scores)


def check(found, loaded):
    """Compare; a video without a detection leaves no line in a list of lines."""
    assert {v for v, s in found.items() if len(s)} <= set(loaded.found) <= set(found)
    for video, back in loaded.found.items():
        same(found[video], back)
    assert loaded.classes == CLASSES
    assert loaded.warnings == ()


@given(found=st.dictionaries(NAMES, segments(), max_size=3))
def test_submission(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("s") / "result.txt"
    write_submission(path, found, CLASSES)
    if any(map(len, found.values())):
        check(found, load_detections(path, CLASSES))


@given(
    found=st.dictionaries(ODD_NAMES, segments(), max_size=3),
    ending=st.sampled_from(["json", "json.gz"]),
)
def test_results(tmp_path_factory, found, ending):
    path = tmp_path_factory.mktemp("r") / f"result.{ending}"
    write_results(path, found, CLASSES)
    loaded = load_detections(path, CLASSES)
    check(found, loaded)
    assert set(loaded.found) == set(found)


@given(found=st.dictionaries(ODD_NAMES, segments(), max_size=3))
def test_csv(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("c") / "result.csv"
    write_csv(path, found, CLASSES)
    check(found, load_detections(path, CLASSES))


@given(
    truth=st.dictionaries(ODD_NAMES, truths(), max_size=3),
    ending=st.sampled_from(["json", "json.gz"]),
)
def test_ground_truth(tmp_path_factory, truth, ending):
    path = tmp_path_factory.mktemp("g") / f"truth.{ending}"
    written = GroundTruth(
        "1.3",
        CLASSES,
        truth,
        {video: 1e6 for video in list(truth)[:1]},
        dict.fromkeys(truth, "validation"),
    )
    write_ground_truth(path, written)
    back = read_ground_truth(path)
    assert list(back.truths) == list(truth)
    for video, known in truth.items():
        names = [CLASSES.name_of(label) for label in known.segments.labels.tolist()]
        again = back.truths[video]
        assert [
            back.classes.name_of(i) for i in again.segments.labels.tolist()
        ] == names
        np.testing.assert_array_equal(again.segments.spans_s, known.segments.spans_s)
        np.testing.assert_array_equal(again.ambiguous_s, known.ambiguous_s)
    assert (back.version, back.subsets) == ("1.3", written.subsets)
    assert back.durations_s == written.durations_s
    assert back.warnings == ()


@given(truth=st.dictionaries(NAMES, truths(), max_size=3))
def test_annotation_folder(tmp_path_factory, truth):
    """Within a video actions come back class by class, as the layout has them."""
    folder = tmp_path_factory.mktemp("a")
    write_annotation(folder, truth, CLASSES, "validation")
    back = read_annotation(folder, "validation")
    assert back.problems == ()
    assert back.classes == CLASSES
    for video, known in truth.items():
        order = np.argsort(known.segments.labels, kind="stable")
        again = back.truths.get(video, VideoTruth.none())
        same(known.segments.select(order), again.segments)
        np.testing.assert_array_equal(known.ambiguous_s, again.ambiguous_s)


@given(truth=segments(truth=True), found=segments())
def test_tracks(tmp_path_factory, truth, found):
    stem = tmp_path_factory.mktemp("w") / "video 1"
    paths = write_tracks(stem, truth, found, CLASSES)
    assert [p.name for p in paths] == ["video 1.truth.vtt", "video 1.detections.vtt"]
    same(truth, read_track(paths[0]))
    same(found, read_track(paths[1]))
    check({"video 1": found}, load_detections(paths[1], CLASSES))


@given(found=segments(), video=ODD_NAMES, seed=st.integers(0, 9))
def test_a_track_of_any_video_in_any_order(tmp_path_factory, found, video, seed):
    """The note names the video, the numbers of the cues their order."""
    order = np.random.default_rng(seed).permutation(len(found))
    path = tmp_path_factory.mktemp("w") / "other.vtt"
    text = track_text("detections", found, CLASSES, video, order.tolist())
    path.write_bytes(text.encode())
    check({video: found}, load_detections(path, CLASSES))


def test_a_track_without_a_note_is_of_the_video_of_its_name(tmp_path):
    found = Segments.of([[0.0, 1.0]], [2], [0.5])
    for name in ("a_1.detections.vtt", "a_1_detections.vtt", "a_1.vtt"):
        text = track_text("detections", found, CLASSES, "x").replace(
            "NOTE video", "NOTE"
        )
        (tmp_path / name).write_text(text)
        check({"a_1": found}, load_detections(tmp_path / name, CLASSES))


@st.composite
def frame_scores(draw):
    n = draw(st.integers(1, 5))
    steps = np.array([draw(st.floats(0.01, 10)) for _ in range(n)])
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    times = np.cumsum(steps) - steps[0]
    return FrameScores(
        rng.random((n, 3)).astype(np.float32), times, float(times[-1]) + 0.2
    )


@given(
    scores=st.dictionaries(
        ODD_NAMES.filter(lambda v: "\0" not in v),
        frame_scores(),
        min_size=1,
        max_size=3,
    ),
    ending=st.sampled_from(["csv", "csv.gz", "npz"]),
)
def test_frame_scores(tmp_path_factory, scores, ending):
    path = tmp_path_factory.mktemp("f") / f"frames.{ending}"
    write_frames(path, scores, CLASSES)
    back, warnings = read_frames(path, CLASSES)
    assert set(back) == set(scores)
    assert warnings == ()
    for video, known in scores.items():
        np.testing.assert_array_equal(back[video].probability, known.probability)
        np.testing.assert_array_equal(back[video].times_s, known.times_s)
        assert back[video].duration_s == known.duration_s


def test_the_same_detections_give_the_same_gzip_bytes(tmp_path):
    found = {"v": Segments.of([[0.0, 1.0]], [1], [0.5])}
    paths = [tmp_path / f"{i}.json.gz" for i in range(2)]
    for path in paths:
        write_results(path, found, CLASSES)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert gzip.decompress(paths[0].read_bytes()).startswith(b'{"version":"DBS"')


def test_the_official_annotation_is_written_as_it_was_read(tmp_path):
    """Same numbers in the same order, file by file."""
    truth = load_truth(shared_data("thumos14"), "test")
    write_annotation(tmp_path, truth.truths, truth.classes, "test")
    official = shared_data("thumos14", "temporal_annotations_test")
    for path in sorted(official.glob("*_test.txt")):
        ours = (tmp_path / path.name).read_text().split("\n")
        theirs = path.read_text().split("\n")
        assert sorted(map(str.split, ours)) == sorted(map(str.split, theirs))


def test_rc3d_s_file_comes_back_equal(tmp_path):
    truth = load_truth(shared_data("thumos14"), "test")
    path = shared_data("detections", "rc3d_thumos14_test.txt")
    loaded = load_detections(path, truth.classes)
    for name, write in {
        "r.txt": write_submission,
        "r.csv": write_csv,
        "r.json.gz": write_results,
    }.items():
        write(tmp_path / name, loaded.found, truth.classes)
        back = load_detections(tmp_path / name, truth.classes)
        assert back.warnings == ()
        assert list(back.found) == list(loaded.found)
        for video, segments in loaded.found.items():
            same(segments, back.found[video])


def test_the_order_of_the_classes_own_names_and_ids():
    truth = load_truth(shared_data("thumos14"), "test")
    assert truth.classes.names[0] == "BaseballPitch"
    assert truth.classes.official_ids[:3] == (7, 9, 12)


@pytest.mark.parametrize("split", ["val", "validation", None])
def test_a_split_has_one_name(tmp_path, split):
    known = {"v": VideoTruth(Segments.of([[0.0, 1.0]], [1]), np.zeros((0, 2)))}
    write_annotation(tmp_path / "annotation_val", known, CLASSES, "validation")
    (tmp_path / "annotation_val" / "detclasslist.txt").rename(
        tmp_path / "detclasslist.txt"
    )
    for root in (tmp_path, tmp_path / "annotation_val"):
        truth = load_truth(root, split)
        assert truth.split in {"val", "validation"}
        assert list(truth.truths) == ["v"]
