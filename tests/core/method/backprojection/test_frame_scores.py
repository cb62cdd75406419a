"""Grid to frames: Eq. 6 and 7 of the paper against loops (METHOD section 5)."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.backprojection.frame_scores import frame_maps, to_frames
from dbs_core.records import GridScores, Placement

GRID, WINDOW, C = (6, 9), (3, 4), 3


def random_grid(rng, share_assigned=0.6):
    probability = rng.dirichlet(np.ones(C), GRID).astype(np.float32)
    return GridScores(probability, rng.random(GRID) < share_assigned)


def random_placement(rng, t=5, k=3, one_hot=False):
    locations = np.stack(
        [rng.integers(0, GRID[0], (t, k)), rng.integers(0, GRID[1], (t, k))], -1
    )
    weights = np.sort(rng.dirichlet(np.ones(k), t))[:, ::-1] * 0.99
    if one_hot:
        weights = np.tile([1.0] + [0.0] * (k - 1), (t, 1))
    times = np.arange(t) * 0.2
    return Placement(
        locations.astype(np.int16),
        np.ascontiguousarray(weights, np.float32),
        GRID,
        WINDOW,
        times,
        t * 0.2,
    )


def cells_of(origin):
    return [
        ((origin[0] + i) % GRID[0], (origin[1] + j) % GRID[1])
        for i, j in itertools.product(range(WINDOW[0]), range(WINDOW[1]))
    ]


def slow_map(grid, origin):
    """Eq. 7 for one origin."""
    values = [grid.probability[x] for x in cells_of(origin)]
    return np.reshape(values, (*WINDOW, C)).astype(np.float64)


def slow_score(grid, origin):
    """Mean over assigned cells of the window, over all where none is."""
    cells = cells_of(origin)
    assigned = [x for x in cells if grid.mask[x]] or cells
    return np.mean([grid.probability[x].astype(np.float64) for x in assigned], axis=0)


@given(st.integers(0, 2**32 - 1))
def test_argmax_is_a_loop(seed):
    rng = np.random.default_rng(seed)
    grid, placement = random_grid(rng, rng.random() * 0.3), random_placement(rng)
    maps, scores = frame_maps(grid, placement), to_frames(grid, placement)
    for t, origin in enumerate(placement.best):
        np.testing.assert_allclose(maps[t], slow_map(grid, origin), atol=1e-6)
        wanted = slow_score(grid, origin)
        np.testing.assert_allclose(scores.probability[t], wanted, atol=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_soft_is_a_loop_over_the_kept_locations(seed):
    rng = np.random.default_rng(seed)
    grid, placement = random_grid(rng), random_placement(rng)
    maps = frame_maps(grid, placement, "soft")
    scores = to_frames(grid, placement, "soft")
    for t in range(len(placement)):
        q = placement.weights[t].astype(np.float64)
        origins = placement.locations[t]
        total = sum(w * slow_map(grid, o) for w, o in zip(q, origins, strict=True))
        mean = sum(w * slow_score(grid, o) for w, o in zip(q, origins, strict=True))
        np.testing.assert_allclose(maps[t], total / q.sum(), atol=1e-5)
        np.testing.assert_allclose(scores.probability[t], mean / q.sum(), atol=1e-5)


def test_soft_equals_argmax_for_one_hot_posteriors(rng):
    grid, placement = random_grid(rng), random_placement(rng, one_hot=True)
    np.testing.assert_allclose(
        frame_maps(grid, placement, "soft"), frame_maps(grid, placement), atol=1e-6
    )
    np.testing.assert_allclose(
        to_frames(grid, placement, "soft").probability,
        to_frames(grid, placement).probability,
        atol=1e-6,
    )


@pytest.mark.parametrize("projection", ["argmax", "soft"])
@pytest.mark.parametrize("share_assigned", [0, 0.5, 1])
def test_constant_grid_gives_constant_frames(rng, projection, share_assigned):
    row = np.float32([0.2, 0.7, 0.1])
    mask = rng.random(GRID) < share_assigned
    grid = GridScores(np.tile(row, (*GRID, 1)), mask)
    placement = random_placement(rng)
    scores = to_frames(grid, placement, projection).probability
    np.testing.assert_allclose(scores, np.tile(row, (5, 1)), atol=1e-6)
    maps = frame_maps(grid, placement, projection)
    np.testing.assert_allclose(maps, np.broadcast_to(row, maps.shape), atol=1e-6)


@pytest.mark.parametrize("projection", ["argmax", "soft"])
def test_probabilities_stay_probabilities(rng, projection):
    scores = to_frames(random_grid(rng), random_placement(rng), projection)
    assert scores.probability.min() >= 0
    np.testing.assert_allclose(scores.probability.sum(1), 1, atol=1e-5)


def test_score_is_the_mean_of_the_map_where_all_is_assigned(rng):
    grid, placement = random_grid(rng, 2), random_placement(rng)
    np.testing.assert_allclose(
        to_frames(grid, placement).probability,
        frame_maps(grid, placement).mean((1, 2)),
        atol=1e-6,
    )


def test_unassigned_cells_do_not_count():
    probability = np.zeros((*GRID, 2), np.float32)
    probability[0, 0] = [0.1, 0.9]
    mask = np.zeros(GRID, bool)
    mask[0, 0] = True
    placement = random_placement(np.random.default_rng(0), t=1, one_hot=True)
    placement.locations.base[...] = [5, 7]  # rows 5, 0, 1; columns 7, 8, 0, 1
    scores = to_frames(GridScores(probability, mask), placement)
    np.testing.assert_allclose(scores.probability[0], [0.1, 0.9], atol=1e-6)


def test_times_are_handed_on(rng):
    placement = random_placement(rng)
    scores = to_frames(random_grid(rng), placement)
    np.testing.assert_array_equal(scores.times_s, placement.times_s)
    assert scores.duration_s == placement.duration_s
