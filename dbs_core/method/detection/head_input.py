"""What the imprint knows of each frame: descriptors of its window, and its path.

A frame read back from the imprint is the window of mean maps where it lies, shared
with every alike frame; its path is how that window moves over the grid (ours: the
paper reads back labels only, Eq. 7).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64

from dbs_core.method.backprojection.windows import window_box, window_sum
from dbs_core.method.features.projection import Projection
from dbs_core.records import Imprint, Placement

PATH = 6
"""Numbers that tell a frame's path."""
NEAR_S = 1.0
"""On either side, what makes a cut."""
LATER_S = 3.0
"""After which lying on the same cells is coming back, not staying."""


def read_back(
    imprint: Imprint, placement: Placement
) -> tuple[Float32[np.ndarray, "t d"], Float32[np.ndarray, "t d"]]:
    """Mean and standard deviation of each frame's window of imprint cells (Eq. 7).

    Locations are computed once each, however many frames lie there.
    """
    places, which = np.unique(placement.best, axis=0, return_inverse=True)
    shape = (len(places), imprint.mean.shape[-1])
    mean, spread = np.empty(shape, np.float32), np.empty(shape, np.float32)
    rows, columns = (np.arange(n) for n in placement.window)
    for index, (row, column) in enumerate(places.tolist()):
        cells = imprint.mean[
            (row + rows[:, None]) % placement.grid[0],
            (column + columns) % placement.grid[1],
        ].reshape(-1, shape[1])
        mean[index], spread[index] = cells.mean(axis=0), cells.std(axis=0)
    which = which.reshape(-1)
    return mean[which], spread[which]


def path(placement: Placement) -> Float32[np.ndarray, "t 6"]:
    """Say how each frame's window moves over the grid.

    Columns: the cut before and after (0 none, 1 the seconds on either side share no
    cell), the step from the frame before and to the one after (share of the window
    left behind), and the logarithms of how many frames lie on these cells, ever and
    more than three seconds away (a visit to a place seen before).
    """
    count = len(placement)
    told = np.ones((count, PATH), np.float32)
    if not count:
        return told
    cuts = _cuts(placement)
    told[:, 0], told[:, 1] = cuts[:-1], cuts[1:]
    steps = 1 - _overlap(placement, np.arange(1, count), np.arange(count - 1))
    told[1:, 2], told[:-1, 3] = steps, steps
    told[:, 4:] = np.log1p(_visits(placement))
    return told


def _overlap(
    placement: Placement, first: np.ndarray, second: np.ndarray
) -> Float64[np.ndarray, "..."]:
    """Share of the window that pairs of frames have in common on the torus."""
    best, share = placement.best.astype(np.int64), np.float64(1.0)
    for axis in (0, 1):
        size, window = placement.grid[axis], placement.window[axis]
        apart = np.abs(best[first, axis] - best[second, axis])
        apart = np.minimum(apart, size - apart)
        share = share * np.maximum(window - apart, 0) / window
    return np.asarray(share)


def _cuts(placement: Placement) -> Float64[np.ndarray, " t1"]:
    """How little the second before each frame shares with the second from it on."""
    near = _frames(NEAR_S, placement)
    before, after = range(-near, 0), range(near)
    between = _mean_overlap(placement, before, after)
    within = _mean_overlap(placement, before, before)
    within = (within + _mean_overlap(placement, after, after)) / 2
    # At both ends of the video one side is empty: a cut.
    return 1 - np.divide(between, within, out=np.zeros_like(within), where=within > 0)


def _frames(seconds: float, placement: Placement) -> int:
    """Give how many frames lie in a time, at least one: 5 in a second by default."""
    times_s = placement.times_s
    if len(times_s) < 2:
        return 1
    return max(1, round(seconds * (len(times_s) - 1) / (times_s[-1] - times_s[0])))


def _mean_overlap(
    placement: Placement, first: range, second: range
) -> Float64[np.ndarray, " t1"]:
    """Mean overlap of frames at two ranges of offsets from every border."""
    count = len(placement)
    border = np.arange(count + 1)
    total, pairs = np.zeros(count + 1), np.zeros(count + 1)
    for one in first:
        for other in second:
            there = (border + min(one, other) >= 0) & (border + max(one, other) < count)
            at = border[there]
            total[there] += _overlap(placement, at + one, at + other)
            pairs[there] += 1
    return total / np.maximum(pairs, 1)


def _visits(placement: Placement) -> Float64[np.ndarray, "t 2"]:
    """Sum of overlaps with all frames, and with those far in time."""
    count = len(placement)
    row, column = placement.best.T
    lying = np.zeros((*placement.grid, 1), np.float32)
    np.add.at(lying, (row, column), 1)
    # Frames on a cell, then those cells' sum over the window: every overlap, once.
    cells = window_box(window_sum(lying, placement.window), placement.window)
    every = cells[row, column, 0] / np.prod(placement.window)
    near = np.zeros(count)
    frames = np.arange(count)
    later = _frames(LATER_S, placement)
    for lag in range(-later, later + 1):
        at = frames[max(0, -lag) : max(0, count - max(0, lag))]
        near[at] += _overlap(placement, at, at + lag)
    return np.stack([every, np.maximum(every - near, 0)], axis=1)


PATH_SCALE = 2.0
"""Brings the path's numbers, shares of 0 to 1 and small logarithms, to the size of
the descriptors' channels."""


@dataclass(frozen=True, eq=False)
class ReadBack:
    """The projections of what is read back: a window's mean and its spread."""

    mean: Projection
    spread: Projection


def frame_input(
    described: Float32[np.ndarray, "t r"],
) -> Float32[np.ndarray, "t r"]:
    """What the control head sees: unit-length rows brought to unit variance."""
    return described * np.float32(described.shape[1] ** 0.5)


def imprint_input(
    described: Float32[np.ndarray, "t r"],
    imprint: Imprint,
    placement: Placement,
    readback: ReadBack,
) -> Float32[np.ndarray, "t i"]:
    """What the head sees: the frame, its window read back, and its path.

    Args:
        described: pooled frames, projected.
        imprint: the video's.
        placement: where its frames lie.
        readback: projections of the window's mean and spread.
    """
    return joined_input(described, read_back(imprint, placement), placement, readback)


def joined_input(
    described: Float32[np.ndarray, "t r"],
    windows: tuple[Float32[np.ndarray, "t d"], Float32[np.ndarray, "t d"]],
    placement: Placement,
    readback: ReadBack,
) -> Float32[np.ndarray, "t i"]:
    """Make `imprint_input` of windows that have been read back already."""
    known = zip((readback.mean, readback.spread), windows, strict=True)
    told = [frame_input(one(torch.from_numpy(cells)).numpy()) for one, cells in known]
    parts = [frame_input(described), *told, PATH_SCALE * path(placement)]
    return np.concatenate(parts, axis=1).astype(np.float32)
