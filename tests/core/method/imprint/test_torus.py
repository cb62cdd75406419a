"""Sums over windows of the torus against plain loops, and against those in NumPy."""

import numpy as np
import pytest
import torch

from dbs_core.method.backprojection import windows
from dbs_core.method.imprint.torus import cell_box, window_box


def looped(grid, window, before=(0, 0)):
    """Sum every cell's window, wrapping around: [gh, gw]."""
    (gh, gw), found = grid.shape, np.zeros(grid.shape)
    for row, column in np.ndindex(gh, gw):
        for i, j in np.ndindex(*window):
            place = (row + i - before[0]) % gh, (column + j - before[1]) % gw
            found[row, column] += grid[place]
    return found


@pytest.mark.parametrize("window", [(7, 7), (1, 1), (2, 5), (9, 11)])
@pytest.mark.parametrize("before", [(0, 0), (3, 3), (1, 0)])
def test_sums_every_window_of_every_channel(rng, window, before):
    before = tuple(min(b, w - 1) for b, w in zip(before, window, strict=True))
    grid = rng.random((2, 3, 9, 11))
    found = window_box(torch.from_numpy(grid), window, before)
    assert found.shape == grid.shape
    for b, c in np.ndindex(2, 3):
        wanted = looped(grid[b, c], window, before)
        np.testing.assert_allclose(found[b, c], wanted, rtol=1e-9)


def test_one_number_a_cell_as_in_numpy(rng):
    cells = rng.random((16, 20)).astype(np.float32)
    found = cell_box(torch.from_numpy(cells), (7, 5))
    np.testing.assert_allclose(found, windows.window_box(cells, (7, 5)), rtol=1e-5)


def test_gradients_run_through(rng):
    """Every cell lies in as many windows as a window has cells."""
    grid = torch.from_numpy(rng.random((1, 1, 16, 16))).requires_grad_()
    window_box(grid, (7, 7), (3, 3)).sum().backward()
    assert grid.grad is not None
    np.testing.assert_allclose(grid.grad, 49, rtol=1e-9)
