"""Eq. 1 in float32 at a list of locations: what the coarse search leaves to decide."""

import math

import torch
from jaxtyping import Float32, Int64

from dbs_core.accumulation import window_cells

PAIRS = 256
"""Pairs of a frame and a window in one piece: stays in the cache."""


def log_joint_at(
    frames: Float32[torch.Tensor, "t h w r"],
    frame: Int64[torch.Tensor, " e"],
    origin: Int64[torch.Tensor, " e"],
    mean: Float32[torch.Tensor, "gh gw r"],
    variance: float,
) -> Float32[torch.Tensor, " e"]:
    """log p(location) + log p(frame | location) with one variance for everything."""
    t, h, w, r = frames.shape
    gh, gw, _ = mean.shape
    flat, cells = frames.reshape(t, -1), mean.reshape(-1, r)
    squares = torch.empty(len(frame), device=frames.device)
    for first in range(0, len(frame), PAIRS):
        part = slice(first, first + PAIRS)
        cell = window_cells(origin[part], (h, w), (gh, gw))
        windows = cells.index_select(0, cell.flatten()).view(len(cell), -1)
        windows -= flat.index_select(0, frame[part])
        squares[part] = torch.linalg.vecdot(windows, windows)
    constant = 0.5 * h * w * r * math.log(2 * math.pi * variance) + math.log(gh * gw)
    return squares * (-0.5 / variance) - constant
