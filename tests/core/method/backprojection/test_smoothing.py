"""Smoothing in time: mass and constants stay, order of classes does not matter."""

import numpy as np
import pytest

from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.records import FrameScores


def scores_of(probability):
    times = np.arange(len(probability)) * 0.2
    return FrameScores(np.float32(probability), times, len(times) * 0.2 + 0.1)


def test_nothing_is_left_alone(rng):
    scores = scores_of(rng.random((5, 3)))
    assert smooth(scores, 0.0) is scores


def test_empty_stays_empty():
    assert len(smooth(scores_of(np.zeros((0, 3))), 2.0)) == 0


def test_is_the_gaussian_by_hand():
    """One peak far from the ends: exp(-x^2 / 2) cut at four deviations."""
    probability = np.zeros((21, 1))
    probability[10] = 1
    x = np.arange(-4, 5)
    wanted = np.exp(-(x**2) / 2)
    found = smooth(scores_of(probability), 1.0).probability[6:15, 0]
    np.testing.assert_allclose(found, wanted / wanted.sum(), atol=1e-6)


@pytest.mark.parametrize("samples", [0.5, 3.0])
@pytest.mark.parametrize("t", [1, 2, 40])
def test_probabilities_stay_probabilities(rng, samples, t):
    smoothed = smooth(scores_of(rng.dirichlet(np.ones(4), t)), samples).probability
    np.testing.assert_allclose(smoothed.sum(1), 1, atol=1e-5)
    constant = smooth(scores_of(np.full((t, 2), 0.5)), samples).probability
    np.testing.assert_allclose(constant, 0.5, atol=1e-6)


def test_mirrored_video_gives_mirrored_curves(rng):
    probability = rng.random((30, 2))
    forward = smooth(scores_of(probability), 1.5).probability
    backward = smooth(scores_of(probability[::-1]), 1.5).probability
    np.testing.assert_allclose(forward, backward[::-1], atol=1e-6)
