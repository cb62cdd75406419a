"""Scores beside the share of right detections: by hand, and by scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.records import VideoTruth
from tests.core.evaluation.diagnosis.judged import judged_of
from tests.core.evaluation.protocols.strategies import made


def diagnosed(spans, labels, scores, truth, truth_labels, ambiguous=()):
    table = np.array(ambiguous, float).reshape(-1, 2)
    known = VideoTruth(made(truth, truth_labels), table)
    found = {"v": made(spans, labels, scores)}
    return diagnose(judged_of(found, {"v": known}), tiou=(0.5,))


def test_by_hand():
    """Two of 0.9 and one right, one of 0.3 and right: off by 0.4, 0.4 and 0.7."""
    one = diagnosed(
        [[0, 10], [20, 30], [40, 50]],
        [1, 1, 2],
        [0.9, 0.9, 0.3],
        [[0, 10], [40, 50]],
        [1, 2],
    ).reliability
    assert one is not None
    assert one.by_score.detections[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    assert one.by_score.right[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert one.by_class.detections[0].tolist() == [2, 1]
    assert one.by_class.expected[0] == pytest.approx([1.8, 0.3])
    assert one.by_class.right[0].tolist() == [1, 1]
    assert one.off[0] == pytest.approx((0.4 + 0.4 + 0.7) / 3)
    assert one.brier[0] == pytest.approx((0.01 + 0.81 + 0.49) / 3)


def test_what_is_ignored_is_in_no_bin():
    spans, labels, scores = [[0, 10], [60, 70]], [1, 1], [0.8, 0.6]
    one = diagnosed(spans, labels, scores, [[0, 10]], [1], [[60, 70]]).reliability
    assert one is not None
    assert one.by_score.detections[0].sum() == 1
    assert one.brier[0] == pytest.approx(0.04)


@pytest.mark.parametrize("scores", [[1.5, 0.5], [0.5, -0.1]])
def test_other_scores_are_no_probabilities(scores):
    found = diagnosed([[0, 10], [20, 30]], [1, 1], scores, [[0, 10]], [1])
    assert found.reliability is None
    assert "reliability" not in figures(found)


def test_without_detections_there_is_no_figure():
    found = diagnosed([], [], [], [[0, 10]], [1])
    assert found.reliability is not None
    assert np.isnan(found.reliability.off).all()
    said = figures(found)
    json.dumps(said, allow_nan=False)
    assert said["reliability"]["0.5"]["off"] is None


def test_the_shares_are_scikit_learn_s(rng):
    starts = np.sort(rng.uniform(0, 900, 300))
    spans = np.stack([starts, starts + rng.uniform(2, 9, 300)], axis=1)
    labels, scores = rng.integers(1, 3, 300), rng.random(300) ** 2
    moved = spans[::2] + rng.normal(0, 1, (150, 1))
    found = {"v": made(spans, labels, scores)}
    truth = {"v": VideoTruth(made(moved, labels[::2]), np.array([[300.0, 400.0]]))}
    diagnosis = diagnose(judged_of(found, truth), tiou=(0.3, 0.5))
    marks, one = diagnosis.marks, diagnosis.reliability
    assert marks.ignored[0].any()
    for level in range(2):
        kept = ~marks.ignored[level]
        right = marks.true[level][kept].astype(int)
        said = marks.found.segments.scores[kept]
        shares, means = calibration_curve(right, said, n_bins=10)
        count = one.by_score.detections[level]
        np.testing.assert_allclose(one.by_score.right[level] / count, shares)
        np.testing.assert_allclose(one.by_score.expected[level] / count, means)
        assert one.brier[level] == pytest.approx(brier_score_loss(right, said))
        assert one.by_class.right[level].sum() == right.sum()
