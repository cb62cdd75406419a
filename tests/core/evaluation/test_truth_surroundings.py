"""What lay about a truth, on cases small enough to work out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.truth_surroundings import nearest_detections, scores_inside
from dbs_core.records import FrameScores, Segments, VideoTruth
from tests.app.make_run import big_result


def test_the_nearest_is_of_any_class_its_own_where_they_are_equal(
    rng: np.random.Generator,
) -> None:
    result = big_result(60.0, 3, rng)
    truth = Segments.of([(0.0, 10.0), (20.0, 30.0), (50.0, 51.0)], [1, 2, 3])
    table = result.candidates
    spans = [(5.0, 15.0), (22.0, 30.0), (22.0, 30.0)]
    found = Segments.of(spans, [3, 1, 2], [0.9, 0.8, 0.1])
    few = replace(
        table,
        segments=found,
        proposal=np.arange(3),
        level=np.zeros(3),
        suppressed_by=np.full(3, -1),
    )
    result = replace(
        result,
        candidates=few,
        proposals=Segments.of(spans, [0, 0, 0]),
        truth=VideoTruth(truth, np.zeros((0, 2))),
    )
    first, second, third = nearest_detections(result)
    assert first is not None
    assert second is not None
    assert first.detection == 0
    assert first.overlap == pytest.approx(1 / 3)
    assert second.detection == 2
    assert second.overlap == pytest.approx(0.8)
    assert third is None


def test_scores_inside_are_those_of_the_samples_there(
    rng: np.random.Generator,
) -> None:
    result = big_result(24.0, 3, rng)
    scores = np.zeros((120, 4), np.float32)
    scores[:, 0], scores[2:4, 1], scores[2:4, 3] = 0.9, (0.2, 0.6), 0.1
    truth = Segments.of([(0.4, 0.8), (1.05, 1.1)], [1, 2])
    result = replace(
        result,
        frames=FrameScores(scores, np.arange(120) * 0.2, 24.0),
        truth=VideoTruth(truth, np.zeros((0, 2))),
    )
    first, between = scores_inside(result)
    assert first is not None
    assert between is not None
    assert first.mean == pytest.approx(0.4)
    assert first.highest == pytest.approx(0.6)
    assert first.other == 3
    assert first.other_mean == pytest.approx(0.1)
    assert (between.mean, between.other_mean) == (0, 0)
    assert scores_inside(replace(result, truth=None)) == ()
