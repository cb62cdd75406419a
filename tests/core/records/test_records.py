"""Records check themselves when they are made, and cannot be changed after."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.records import ClassList, FrameScores, Placement, Segments
from tests.core.make_result import make_result


@pytest.mark.parametrize(
    ("spans", "scores", "says"),
    [
        ([[2.0, 1.0]], [1.0], r"start < end, got \[\[2.0, 1.0\]\]"),
        ([[1.0, 1.0]], [1.0], r"start < end, got \[\[1.0, 1.0\]\]"),
        ([[np.nan, 1.0]], [1.0], "start < end"),
        ([[0.0, np.inf]], [1.0], "finite"),
        ([[0.0, 1.0]], [np.nan], "finite"),
    ],
)
def test_segments_have_a_start_before_their_end(spans, scores, says):
    with pytest.raises(ValueError, match=says):
        Segments.of(np.array(spans), [1], scores)


def test_no_segments_are_segments():
    assert len(Segments.empty()) == 0
    assert len(Segments.of([], [])) == 0
    assert len(Segments.empty().select(np.zeros(0, bool))) == 0


def test_segments_are_selected_in_order():
    found = Segments.of([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]], [1, 2, 3])
    assert found.select(np.array([2, 0])).labels.tolist() == [3, 1]
    assert found.scores.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("times", "duration", "says"),
    [
        ([0.0, 0.2, 0.2], 1.0, "got a step of 0"),
        ([0.0, 0.4, 0.2], 1.0, "got a step of -0.2"),
        ([0.0, 0.4], 0.3, "at least the last time 0.4, got 0.3"),
    ],
)
def test_times_increase_up_to_the_duration(times, duration, says):
    probability = np.ones((len(times), 2), np.float32)
    with pytest.raises(ValueError, match=says):
        FrameScores(probability, np.array(times), duration)


def test_edges_of_frames():
    scores = FrameScores(np.ones((2, 2), np.float32), np.array([0.0, 0.25]), 0.5)
    assert scores.edges_s.tolist() == [0.0, 0.25, 0.5]


@pytest.mark.parametrize(
    ("location", "weight", "says"),
    [
        ([16, 0], 1.0, r"inside \(16, 16\), got 0..\[16, 0\]"),
        ([0, 0], 0.0, "sum in .* got 0..0"),
        ([0, 0], 1.5, "got 1.5..1.5"),
    ],
)
def test_placement_lies_on_the_grid(location, weight, says):
    with pytest.raises(ValueError, match=says):
        Placement(
            np.array([[location]], np.int16),
            np.array([[weight]], np.float32),
            (16, 16),
            (7, 7),
            np.array([0.0]),
            0.2,
        )


def test_class_list_gives_labels_and_names():
    classes = ClassList(("Run", "Jump"), (7, 9))
    assert (len(classes), classes.channels) == (2, 3)
    assert [classes.name_of(i) for i in range(3)] == ["background", "Run", "Jump"]
    assert classes.label_of("Jump") == 2
    with pytest.raises(KeyError, match="Walk"):
        classes.label_of("Walk")
    with pytest.raises(ValueError, match="each class once"):
        ClassList(("Run", "Run"), (1, 2))
    with pytest.raises(ValueError, match="wanted 1, got 2"):
        ClassList(("Run",), (1, 2))


def test_arrays_cannot_be_changed():
    result = make_result()
    for array in (result.mosaic, result.frames.probability, result.candidates.level):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_detections_are_what_nms_kept_best_first():
    result = make_result()
    assert result.detections.scores.tolist() == [0.75, 0.5]
    lost = replace(result.candidates, suppressed_by=np.array([-1, 0]))
    assert replace(result, candidates=lost).detections.scores.tolist() == [0.5]
