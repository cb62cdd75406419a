"""The float64 reference against the equations spelt out, one number at a time.

The grid and the window are not square, so that no row can pass for a column.
"""

import itertools

import numpy as np
import pytest
from scipy.stats import norm

from tests.core.method.imprint.exact_em import (
    ExactEpitome,
    e_step,
    fit,
    log_joint,
    log_likelihood,
    m_step,
)

GRID, WINDOW, T, D = (5, 4), (2, 3), 3, 2
ORIGINS = list(itertools.product(range(GRID[0]), range(GRID[1])))
CELLS = list(itertools.product(range(WINDOW[0]), range(WINDOW[1])))


@pytest.fixture
def frames(rng):
    return rng.normal(size=(T, *WINDOW, D))


@pytest.fixture
def epitome(rng):
    return ExactEpitome(rng.normal(size=(*GRID, D)), rng.uniform(0.5, 2, (*GRID, D)))


def cell_of(origin, cell):
    return (origin[0] + cell[0]) % GRID[0], (origin[1] + cell[1]) % GRID[1]


def test_log_joint_is_equation_1(frames, epitome):
    joint = log_joint(frames, epitome)
    for t, origin in itertools.product(range(T), ORIGINS):
        wanted = -np.log(len(ORIGINS))
        for cell, d in itertools.product(CELLS, range(D)):
            place = cell_of(origin, cell)
            deviation = np.sqrt(epitome.variance[place][d])
            wanted += norm.logpdf(frames[t][cell][d], epitome.mean[place][d], deviation)
        assert joint[t][origin] == pytest.approx(wanted, abs=1e-10)


def test_e_step_is_equation_2(frames, epitome):
    joint = np.exp(log_joint(frames, epitome))
    q = e_step(frames, epitome)
    for t in range(T):
        np.testing.assert_allclose(q[t], joint[t] / joint[t].sum(), atol=1e-12)


def test_log_likelihood_sums_over_frames(frames, epitome):
    evidence = np.exp(log_joint(frames, epitome)).reshape(T, -1).sum(1)
    assert log_likelihood(frames, epitome) == pytest.approx(np.log(evidence).sum())


def test_m_step_is_equations_3_and_4(frames, epitome, rng):
    q = rng.dirichlet(np.ones(len(ORIGINS)), T).reshape(T, *GRID)
    found = m_step(frames, q, epitome)
    for x in ORIGINS:
        over = [
            (q[t][origin], frames[t][cell])
            for t, origin, cell in itertools.product(range(T), ORIGINS, CELLS)
            if cell_of(origin, cell) == x
        ]
        weights = np.array([weight for weight, _ in over])
        values = np.stack([value for _, value in over])
        mean = np.average(values, axis=0, weights=weights)
        spread = np.average((values - mean) ** 2, axis=0, weights=weights)
        np.testing.assert_allclose(found.mean[x], mean, atol=1e-12)
        np.testing.assert_allclose(found.variance[x], spread, atol=1e-12)


def test_window_at_the_last_origin_wraps_around():
    """METHOD section 11, 3: at (E-1, E-1) it covers cells {E-1, 0..5} both ways."""
    size, window = 8, 7
    frame = np.ones((1, window, window, 1))
    q = np.zeros((1, size, size))
    q[0, size - 1, size - 1] = 1
    nothing = ExactEpitome(np.zeros((size, size, 1)), np.ones((size, size, 1)))
    mean = m_step(frame, q, nothing).mean[..., 0]
    covered = [size - 1, 0, 1, 2, 3, 4, 5]
    wanted = np.zeros((size, size))
    wanted[np.ix_(covered, covered)] = 1
    np.testing.assert_array_equal(mean, wanted)


def test_cell_without_frames_keeps_its_parameters(epitome):
    q = np.zeros((1, *GRID))
    q[0, 0, 0] = 1
    found = m_step(np.ones((1, *WINDOW, D)), q, epitome, variance_floor=0.25)
    np.testing.assert_array_equal(found.mean[4], epitome.mean[4])
    np.testing.assert_array_equal(found.variance[4], epitome.variance[4])
    np.testing.assert_array_equal(found.mean[:2, :3], 1)
    np.testing.assert_array_equal(found.variance[:2, :3], 0.25)


def test_likelihood_never_falls(rng):
    """Without a floor, to 1e-9 of itself (METHOD section 11, 1)."""
    frames = rng.normal(size=(40, *WINDOW, D))
    start = ExactEpitome(rng.normal(size=(*GRID, D)), np.ones((*GRID, D)))
    steps = fit(frames, start, iterations=12).log_likelihood
    assert np.all(np.diff(steps) >= -1e-9 * np.abs(steps[1:]))
    assert steps[-1] > steps[0] + 1


def test_fixed_variance_stays(frames, epitome):
    found = fit(frames, epitome, iterations=3, learn_variance=False)
    np.testing.assert_array_equal(found.epitome.variance, epitome.variance)
    assert found.posterior.shape == (T, *GRID)


def test_no_iteration_is_refused(frames, epitome):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        fit(frames, epitome, iterations=0)
