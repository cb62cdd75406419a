"""Fitting scores to right and wrong: against scikit-learn, and what shrinking does."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dbs_core.evaluation.protocols.rules import THUMOS
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import Segments, VideoTruth
from dbs_core.training.calibration import (
    SLOPE_SPREAD,
    best_threshold,
    fit_calibration,
    regress,
)

OFFSETS = np.array([-3.0, -5.0, -4.0])
SLOPE = 9.0


def drawn(counts, seed=0):
    """Detections whose chance to be right is known."""
    rng = np.random.default_rng(seed)
    column = np.repeat(np.arange(len(counts)), counts)
    scores = rng.uniform(0, 1, len(column))
    chance = 1 / (1 + np.exp(-(SLOPE * scores + OFFSETS[column])))
    return scores, column, rng.uniform(0, 1, len(column)) < chance


def test_what_was_drawn_is_found_again():
    slope, offsets = regress(*drawn([4000] * 3), 3)
    assert slope == pytest.approx(SLOPE, rel=0.1)
    np.testing.assert_allclose(offsets, OFFSETS, atol=0.4)


def test_it_agrees_with_scikit_learn():
    """Offsets of classes are weights of indicators, drawn to 0 by the same penalty."""
    scores, column, right = drawn([60, 200, 30])
    spread = 0.7
    slope, offsets = regress(scores, column, right, 3, spread)
    # Each column scaled by its own spread, so that one penalty fits all.
    design = np.concatenate(
        [
            SLOPE_SPREAD * scores[:, None],
            np.full((len(scores), 1), SLOPE_SPREAD),
            spread * np.eye(3)[column],
        ],
        axis=1,
    )
    theirs = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-10, max_iter=10**5)
    theirs.fit(design, right)
    weights = theirs.coef_[0]
    assert slope == pytest.approx(SLOPE_SPREAD * weights[0], rel=1e-4)
    wanted = SLOPE_SPREAD * weights[1] + spread * weights[2:]
    np.testing.assert_allclose(offsets, wanted, rtol=1e-4)


def test_a_class_with_few_detections_stays_near_the_others():
    """All its detections are wrong; the more there are, the lower it goes."""
    scores, column, right = drawn([300, 300])
    low = []
    for count in (0, 2, 20, 200):
        more = np.full(count, 0.6)
        _, offsets = regress(
            np.append(scores, more),
            np.append(column, np.full(count, 2)),
            np.append(right, np.zeros(count, bool)),
            3,
            1.0,
        )
        low.append(offsets[:2].mean() - offsets[2])
    assert low[0] == pytest.approx(0, abs=1.0)
    assert low[0] < low[1] < low[2] < low[3]
    assert low[1] < 2 < low[3]


def test_scores_that_part_right_from_wrong_stay_finite():
    scores = np.array([0.1, 0.2, 0.8, 0.9])
    slope, offsets = regress(scores, np.zeros(4, int), scores > 0.5, 1)
    assert 0 < slope < 200
    assert np.isfinite(offsets).all()


def videos(scores, right, labels, each=100):
    """Detections one after the other, right or beside their truth, so many a video."""
    for first in range(0, len(scores), each):
        part = slice(first, first + each)
        start = 10.0 * np.arange(len(scores[part]))
        truth = np.stack([start, start + 2], axis=1)
        found = truth + np.where(np.array(right[part])[:, None], 0.0, 5.0)
        yield VideoSpans(
            f"v{first}",
            Segments.of(found, np.array(labels[part]), np.array(scores[part])),
            VideoTruth(Segments.of(truth, np.array(labels[part])), np.zeros((0, 2))),
        )


def test_one_threshold_fits_classes_whose_scores_lie_apart():
    """Class 1 is right from 0.2 on, class 2 from 0.7: no one raw score fits both."""
    rng = np.random.default_rng(1)
    labels = rng.integers(1, 3, 3000)
    scores = rng.uniform(0, 1, 3000)
    right = scores > np.where(labels == 1, 0.2, 0.7)
    known = tuple(videos(scores, right, labels))
    calibration = fit_calibration(known, 2, THUMOS)
    assert calibration is not None
    least = best_threshold(known, calibration, THUMOS)
    assert least is not None
    calibrated = np.concatenate([calibration(v.detections).scores for v in known])
    raw = best_threshold(known, None, THUMOS)
    assert raw is not None
    assert ((calibrated >= least) == right).mean() > 0.95
    assert ((scores >= raw) == right).mean() < 0.8


@pytest.mark.parametrize("right", [[True, True], [False, False], [True, False]])
def test_where_nothing_tells_there_is_none(right):
    """All right, all wrong, or the right ones score lower."""
    known = tuple(videos([0.2, 0.8], right, [1, 1]))
    assert fit_calibration(known, 1, THUMOS) is None


def test_nothing_held_out_tells_nothing():
    assert fit_calibration((), 3, THUMOS) is None
    assert best_threshold((), None, THUMOS) is None
    empty = VideoSpans("v", Segments.empty(), VideoTruth.none())
    assert fit_calibration((empty,), 3, THUMOS) is None
