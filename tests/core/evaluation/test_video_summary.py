"""Counts of a video and of a table, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.video_summary import (
    first_action_s,
    strongest_classes,
    summarise,
)
from dbs_core.records import FrameScores, Segments, VideoTruth
from tests.core.make_result import make_result


def test_a_line_knows_what_is_in_it():
    row = summarise(make_result("a"), key="a", stamp="")
    assert row.in_truth() == {1}
    assert row.among_detections() == {1, 2}
    assert row.spans.video_id == "a"


def test_the_first_action_is_a_true_one_before_one_found():
    result = make_result()
    late = Segments.of([[1.0, 1.5], [0.5, 0.7], [0.0, 0.1]], [1, 1, 2])
    known = replace(result, truth=VideoTruth(late, np.zeros((0, 2))))
    assert first_action_s(known, 1, known.info.duration_s) == pytest.approx(0.6)
    blind = replace(result, truth=None)
    assert first_action_s(blind, 2, blind.info.duration_s) == pytest.approx(1.4)
    assert first_action_s(blind, 3, blind.info.duration_s) is None


def test_classes_come_by_their_best_score_without_background():
    scores = np.float32([[0.9, 0.1, 0.0], [0.2, 0.2, 0.6]])
    result = make_result()
    first = result.frames
    scores = np.resize(scores, (len(first), 3))
    frames = FrameScores(scores, first.times_s, first.duration_s)
    assert strongest_classes(replace(result, frames=frames)) == (2, 1)
