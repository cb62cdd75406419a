"""Sums over the windows of the torus, in PyTorch; gradients run through.

`backprojection.windows` has the same in NumPy.
"""

import torch
from jaxtyping import Float, Float32
from torch.nn import functional as F

MANY = 32
"""Channels from which on they are added side by side: the same sums, sooner."""


def window_box(
    grid: Float[torch.Tensor, "b c gh gw"],
    window: tuple[int, int],
    before: tuple[int, int] = (0, 0),
) -> Float[torch.Tensor, "b c gh gw"]:
    """Sum over a window at each cell, circular.

    The window has so many rows and columns `before` the cell, the others from it on.
    """
    h, w = window
    top, left = before
    edges = (left, w - 1 - left, top, h - 1 - top)
    wrapped = F.pad(grid, edges, mode="circular")
    if grid.shape[1] >= MANY:
        wrapped = wrapped.contiguous(memory_format=torch.channels_last)
    return F.avg_pool2d(wrapped, window, stride=1, divisor_override=1).contiguous()


def cell_box(
    cells: Float32[torch.Tensor, "gh gw"], window: tuple[int, int]
) -> Float32[torch.Tensor, "gh gw"]:
    """Sum one number a cell over the window that starts at each cell."""
    return window_box(cells[None, None], window)[0, 0]
