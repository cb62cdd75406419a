"""Rows of spans and of places: what tables show is what records say."""

from dataclasses import replace

import numpy as np

from dbs_core.evaluation.result_rows import (
    posterior_rows,
    span_rows,
    span_truth_rows,
)
from dbs_core.evaluation.video_matches import judge
from dbs_core.records import ClassList, Segments, VideoTruth
from tests.core.make_result import make_result

CLASSES = ClassList(("Run", "Jump"), (7, 9))


def test_spans_come_best_first_and_no_more_than_wanted():
    rows = span_rows(make_result(), CLASSES, None, 1)
    (row,) = rows
    named = {key: row[key] for key in ("detection", "class", "score")}
    assert named == {"detection": 0, "class": "Jump", "score": 0.75}
    assert (row["start (s)"], row["end (s)"]) == (1.0, 1.8)


def test_spans_are_judged_where_something_is_known():
    truth = VideoTruth(Segments.of([[0.2, 0.9]], [1]), np.zeros((0, 2)))
    result = replace(make_result(), truth=truth)
    rows = span_rows(result, CLASSES, judge(result), 9)
    assert [row["verdict"] for row in rows] == ["wrong", "right"]
    assert np.allclose([row["overlap"] for row in rows], [0, 0.6 / 0.7])
    (found,) = span_truth_rows(result, CLASSES, judge(result))
    assert (found["class"], found["verdict"], found["found by"]) == ("Run", "found", 1)
    assert span_truth_rows(result, CLASSES, None) == []


def test_places_without_weight_are_left_out():
    placement = make_result().placement
    weights = placement.weights.copy()
    weights[3] = [0.75, 0.0]
    (row,) = posterior_rows(replace(placement, weights=weights), 3)
    wanted = placement.locations[3, 0]
    assert row == {"row": wanted[0], "column": wanted[1], "weight": 0.75}
    assert len(posterior_rows(placement, 4)) == 2
