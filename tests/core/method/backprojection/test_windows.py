"""Sums over windows in NumPy against plain loops."""

import numpy as np
import pytest

from dbs_core.method.backprojection.windows import window_box, window_sum

WINDOWS = pytest.mark.parametrize("window", [(7, 7), (2, 5), (1, 1)])
SHAPES = pytest.mark.parametrize("shape", [(9, 11), (9, 11, 3)])


@WINDOWS
@SHAPES
def test_a_windows_sum_stands_at_its_origin(rng, shape, window):
    grid = rng.random(shape)
    wanted = np.zeros(shape)
    for row, column in np.ndindex(9, 11):
        for i, j in np.ndindex(*window):
            wanted[row, column] += grid[(row + i) % 9, (column + j) % 11]
    np.testing.assert_allclose(window_box(grid, window), wanted, rtol=1e-9)


@WINDOWS
@SHAPES
def test_what_stands_at_an_origin_goes_to_its_whole_window(rng, shape, window):
    grid = rng.random(shape)
    wanted = np.zeros(shape)
    for row, column in np.ndindex(9, 11):
        for i, j in np.ndindex(*window):
            wanted[(row + i) % 9, (column + j) % 11] += grid[row, column]
    np.testing.assert_allclose(window_sum(grid, window), wanted, rtol=1e-9)
