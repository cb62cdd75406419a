"""Read-back descriptors and paths, against slow obvious loops."""

import numpy as np
import pytest

from dbs_core.method.detection.head_input import path, read_back
from dbs_core.records import Imprint, Placement

GRID, WINDOW = 16, 7
NEAR, LATER = 5, 15
"""Frames of one and of three seconds at 5 a second."""


def placed(best, rate=5) -> Placement:
    best = np.asarray(best, np.int16)
    return Placement(
        best[:, None],
        np.ones((len(best), 1), np.float32),
        (GRID, GRID),
        (WINDOW, WINDOW),
        np.arange(len(best)) / rate,
        len(best) / rate,
    )


def cells(at) -> set[tuple[int, int]]:
    return {
        ((at[0] + i) % GRID, (at[1] + j) % GRID)
        for i in range(WINDOW)
        for j in range(WINDOW)
    }


def shared(a, b) -> float:
    return len(cells(a) & cells(b)) / WINDOW**2


@pytest.fixture
def walk() -> Placement:
    rng = np.random.default_rng(3)
    steps = rng.integers(-2, 3, (60, 2))
    steps[20], steps[45] = (8, 8), (-8, 5)
    return placed(steps.cumsum(axis=0) % GRID)


def test_the_window_is_read_across_the_border():
    mean = np.random.default_rng(0).random((GRID, GRID, 3)).astype(np.float32)
    imprint = Imprint(mean, np.ones((GRID, GRID), np.float32))
    at = (GRID - 2, GRID - 3)
    middle, spread = read_back(imprint, placed([at, (0, 0), at]))
    window = np.array([mean[cell] for cell in cells(at)])
    np.testing.assert_allclose(middle[0], window.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(spread[0], window.std(axis=0), rtol=1e-4)
    np.testing.assert_array_equal(middle[0], middle[2])


def test_steps_and_visits_count_shared_cells(walk):
    best, told = walk.best.tolist(), path(walk)
    pairs = np.array([[shared(a, b) for b in best] for a in best])
    apart = np.abs(np.subtract.outer(range(60), range(60)))
    np.testing.assert_allclose(told[1:, 2], 1 - np.diag(pairs, 1), atol=1e-6)
    np.testing.assert_array_equal(told[:-1, 3], told[1:, 2])
    np.testing.assert_allclose(np.expm1(told[:, 4]), pairs.sum(1), rtol=1e-4)
    far = (pairs * (apart > LATER)).sum(1)
    np.testing.assert_allclose(np.expm1(told[:, 5]), far, rtol=1e-3, atol=1e-3)


def test_a_cut_is_where_two_seconds_share_nothing(walk):
    best, told = walk.best.tolist(), path(walk)
    for at in (1, 7, 20, 45, 59):
        before, after = best[max(0, at - NEAR) : at], best[at : at + NEAR]
        between = np.mean([[shared(a, b) for b in after] for a in before])
        within = np.mean([[shared(a, b) for b in before] for a in before])
        within += np.mean([[shared(a, b) for b in after] for a in after])
        assert told[at, 0] == pytest.approx(1 - 2 * between / within, abs=1e-5)
        assert told[at - 1, 1] == told[at, 0]
    assert told[0, 0] == told[-1, 1] == 1


def test_seconds_are_seconds_at_another_rate(walk):
    """Every place twice at twice the rate: the cut at a place's first frame stays."""
    twice = placed(walk.best.repeat(2, axis=0), rate=10)
    told, again = path(walk), path(twice)
    np.testing.assert_allclose(again[::2, 0], told[:, 0], atol=1e-5)
    np.testing.assert_allclose(again[1::2, 1], told[:, 1], atol=1e-5)


def test_a_path_does_not_change_when_the_torus_turns(walk):
    turned = placed(np.add(walk.best, (5, 11)) % GRID)
    np.testing.assert_allclose(path(turned), path(walk), atol=1e-5)


def test_a_single_frame_has_a_path():
    assert path(placed([(0, 0)])).shape == (1, 6)
