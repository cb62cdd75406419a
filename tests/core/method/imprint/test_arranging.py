"""How an imprint is arranged: against layouts whose figures can be told by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from dbs_core.method.imprint.arranging import arrangement
from dbs_core.records import Features, Placement

GRID = (20, 24)


def laid(best, window=(7, 7), grid=GRID):
    best = np.asarray(best, np.int16).reshape(-1, 1, 2)
    times_s = np.arange(len(best)) * 0.2
    weights = np.ones((len(best), 1), np.float32)
    return Placement(best, weights, grid, window, times_s, len(best) * 0.2)


def shown(values, window=(7, 7)):
    """Frames of one value each, a channel a column."""
    values = np.asarray(values, np.float32)
    maps = np.broadcast_to(
        values[:, None, None, :], (len(values), *window, values.shape[1])
    )
    return Features(maps.copy(), np.arange(len(values)) * 0.2, len(values) * 0.2)


def around(steps, side):
    """A circle of so many points: alike as they are near around a torus's side."""
    turn = 2 * np.pi * np.arange(steps) / side
    return np.stack([np.cos(turn), np.sin(turn)], -1)


def test_alike_frames_side_by_side_around_the_torus():
    """The last column is the neighbour of the first."""
    found = arrangement(shown(around(24, 24)), laid([(0, c) for c in range(24)]))
    assert found.nearness == pytest.approx(1, abs=0.01)


def test_frames_of_any_likeness_anywhere(rng):
    features = shown(rng.normal(size=(200, 4)))
    best = np.stack([rng.integers(0, side, 200) for side in GRID], -1)
    assert abs(arrangement(features, laid(best)).nearness) < 0.1


def test_is_the_rank_correlation_over_all_pairs(rng):
    values = rng.normal(size=(40, 3)).astype(np.float32)
    best = np.stack([rng.integers(0, side, 40) for side in GRID], -1)
    near, alike = [], []
    for i in range(40):
        for j in range(i):
            steps = [
                min(abs(a - b), side - abs(a - b))
                for a, b, side in zip(
                    best[i].tolist(), best[j].tolist(), GRID, strict=True
                )
            ]
            near.append(round(np.hypot(*steps), 9))
            alike.append(np.linalg.norm(values[i].astype(float) - values[j]))
    found = arrangement(shown(values), laid(best))
    assert found.nearness == pytest.approx(spearmanr(near, alike)[0], abs=1e-6)


def test_a_long_video_is_told_from_some_of_its_frames():
    """All the way around, again and again: the same order is found."""
    t = 5000
    best = [(0, c % 24) for c in range(t)]
    found = arrangement(shown(around(t, 24), (1, 1)), laid(best, (1, 1)))
    assert found.nearness == pytest.approx(1, abs=0.01)
    assert found.distinct == 24 / t


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ([[1.0]], [(0, 0)]),
        ([[1.0], [2.0]], [(0, 0), (3, 3)]),  # one pair
        ([[1.0]] * 5, [(0, c) for c in range(5)]),  # all alike
        ([[1.0], [2.0], [4.0]], [(4, 4)] * 3),  # all in one place
    ],
)
def test_where_there_is_nothing_to_compare(values, best):
    assert arrangement(shown(values), laid(best)).nearness is None


def test_cells_places_and_overlap():
    """Windows at columns 0, 7 and 23 of the first row; two frames at the first.

    23 wraps around: it has 6 of 7 columns in common with 0, which has none with 7.
    """
    found = arrangement(
        shown([[0.0], [0.5], [1.0], [2.0]]), laid([(0, 0), (0, 0), (0, 7), (0, 23)])
    )
    assert found.coverage == pytest.approx(7 * 15 / (20 * 24))
    assert found.distinct == 3 / 4
    assert found.overlap == pytest.approx((6 / 7 + 0 + 6 / 7) / 3)


def test_places_further_apart_than_a_window_have_nothing_in_common():
    found = arrangement(shown([[0.0], [1.0]]), laid([(0, 0), (8, 9)]))
    assert found.overlap == 0
