"""What perfect labels give, directly and through an imprint."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.ceilings import imprint_scores, label_scores
from dbs_core.method.backprojection.settings import TargetSettings
from dbs_core.method.settings import Settings
from dbs_core.records import GridScores, Placement, Segments, VideoTruth

C = 3
TRUTH = VideoTruth(
    Segments.of([[0.4, 1.0], [1.2, 2.0]], [1, 2]), np.zeros((0, 2), np.float64)
)
LABELS = [0, 0, 1, 1, 1, 0, 2, 2, 2, 2]


def placed(origins):
    times = np.arange(10) * 0.2
    locations = np.array(origins, np.int16)[:, None]
    return Placement(
        locations, np.ones((10, 1), np.float32), (32, 32), (7, 7), times, 2.0
    )


def grid_of(mask=True):
    """A run's grid scores: only its mask and number of classes may matter."""
    return GridScores(np.full((32, 32, C), 1 / 3, np.float32), np.full((32, 32), mask))


APART = placed([(8 * label, 8 * label) for label in LABELS])
TOGETHER = placed([(4, 4)] * 10)


def test_label_scores_are_the_labels():
    scores = label_scores(TRUTH, APART, C)
    np.testing.assert_array_equal(scores.probability, np.eye(C)[LABELS])
    assert scores.duration_s == 2.0


@pytest.mark.parametrize("projection", ["argmax", "soft"])
@pytest.mark.parametrize("kind", ["purity", "eq5"])
def test_classes_in_places_of_their_own_are_read_back(kind, projection):
    settings = replace(
        Settings(), target=TargetSettings(kind=kind), projection=projection
    )
    scores = imprint_scores(TRUTH, APART, grid_of(), settings)
    np.testing.assert_allclose(scores.probability, np.eye(C)[LABELS], atol=1e-6)


def test_classes_in_one_place_cannot_be_told_apart():
    """Purity: every frame gets the shares of the place, 3, 3 and 4 of 10."""
    scores = imprint_scores(TRUTH, TOGETHER, grid_of(), Settings())
    np.testing.assert_allclose(
        scores.probability, np.tile([0.3, 0.3, 0.4], (10, 1)), atol=1e-6
    )


def test_the_runs_own_scores_do_not_matter(rng):
    wild = GridScores(rng.random((32, 32, C)).astype("f4"), grid_of().mask)
    first = imprint_scores(TRUTH, APART, grid_of(), Settings())
    second = imprint_scores(TRUTH, APART, wild, Settings())
    np.testing.assert_array_equal(first.probability, second.probability)
