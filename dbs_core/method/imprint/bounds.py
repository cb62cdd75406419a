"""How high Eq. 1 can be at each location: most are out of the question at once.

Where all variances are one number, it is the comparison itself in bytes, and what
rounding may have taken from it. On a large grid half of the products are enough: of
a cell's axes the strongest are compared, and of all others their length, for vectors
are at least as far apart as they differ in length. Where variances are learnt, frame
and window are cut into blocks of cells: by Cauchy's inequality the cells of a block
are, in each dimension, at least as far apart as their sums say,

    sum (f - mu)^2 / v  >=  (sum f - sum mu)^2 / sum v.

Nine blocks of a 7 x 7 window take a fifth of the products of its 49 cells. Bounds only
say which locations need not be looked at, so rounding them costs no exactness.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float32, Int8

from dbs_core.method.imprint import byte_products
from dbs_core.method.imprint.byte_products import BYTE, in_bytes, windows_in_bytes
from dbs_core.method.imprint.torus import cell_box

LEAST_BLOCKS = 3
"""Along each side of a window."""
PRODUCTS = 28_800
"""Blocks of all locations together, about: 3 x 3 on a grid of 48 x 48, on one of
24 x 24, where frames lie closer, each cell by itself."""
HALVED = 2048
"""Locations from which on comparing half of the axes pays: those that it leaves to be
looked at cost less than the products saved."""
PAYING = 4
"""Frames for each block of a window, from which on preparing the bound pays."""
PIECE = 256
"""Locations prepared at a time: stays in the cache."""
NEVER_MORE = 12 / (BYTE * math.sqrt(12))
"""Twelve standard deviations of rounding to bytes, as a share of the largest number: by
Hoeffding's inequality the chance that a sum of such errors exceeds it is below 1e-9."""
FLOAT_SLACK = 1.0
FLOAT_SHARE = 1e-6
"""What rounding to float32 may take, at least and as a share of a product."""


@runtime_checkable
class Bound(Protocol):
    """What the log joint cannot exceed."""

    def above(
        self, frames: Float32[torch.Tensor, "t h w r"]
    ) -> Float32[torch.Tensor, "t locations"]:
        """Give it for each frame and location."""


def bound_of(
    mean: Float32[torch.Tensor, "gh gw r"],
    variance: Float32[torch.Tensor, "gh gw r"] | float,
    spread: Float32[torch.Tensor, " locations"],
    window: tuple[int, int],
    frames: int,
) -> Bound | None:
    """Prepare the bound for frames of a window; None where looking at all costs less.

    Windows of few cells gain nothing, and a GPU multiplies faster than it gathers.

    Args:
        mean: of every cell.
        variance: of every cell, or of everything.
        spread: sum of the log variances in the window at each location.
        window: cells of a frame.
        frames: how many there are to compare, at least.
    """
    if mean.device.type != "cpu" or min(window) < 2 * LEAST_BLOCKS:
        return None
    if isinstance(variance, float):
        if not byte_products.multiplies_bytes(mean.device):
            return None
        return _Alike.of(mean, variance, window, mean.shape[2])
    blocks = _blocks_along(spread.numel(), min(window))
    if frames < PAYING * blocks**2:
        return None
    return _blocks_of(mean, variance, spread, window, blocks)


def halved_bound_of(
    mean: Float32[torch.Tensor, "gh gw r"],
    variance: Float32[torch.Tensor, "gh gw r"] | float,
    window: tuple[int, int],
) -> Bound | None:
    """Prepare one that is looser and sooner told; None where that cannot pay.

    For where `bound_of` finds one and all variances are one number.

    Args:
        mean: of every cell, the axes of largest spread first.
        variance: of every cell, or of everything.
        window: cells of a frame.
    """
    gh, gw, axes = mean.shape
    if not isinstance(variance, float) or gh * gw < HALVED:
        return None
    return _Alike.of(mean, variance, window, (axes + 1) // 2)


@dataclass(frozen=True)
class _Alike:
    """One variance for everything: the squared distance, its product in bytes."""

    columns: Int8[torch.Tensor, "locations values"]
    scale: float
    half: Float32[torch.Tensor, " locations"]
    """Half of each window's squared length."""
    variance: float
    axes: int
    """Of a cell; where it has more, the last is the length of all others."""

    @classmethod
    def of(
        cls,
        mean: Float32[torch.Tensor, "gh gw r"],
        variance: float,
        window: tuple[int, int],
        axes: int,
    ) -> "_Alike":
        half = 0.5 * cell_box(mean.square().sum(-1), window).flatten()
        columns, scale = windows_in_bytes(_in_axes(mean, axes), window)
        return cls(columns, scale, half, variance, axes)

    def above(
        self, frames: Float32[torch.Tensor, "t h w r"]
    ) -> Float32[torch.Tensor, "t locations"]:
        values = frames.shape[1:].numel()
        flat = _in_axes(frames, self.axes).flatten(1)
        rounded, largest = in_bytes(flat)
        length = torch.linalg.vector_norm(flat, dim=1, keepdim=True)
        products = torch._int_mm(rounded, self.columns.T).float()
        locations = products.shape[1]
        constant = 0.5 * values * math.log(2 * math.pi * self.variance)
        constant += math.log(locations) - FLOAT_SLACK
        # Half the length of the window less what rounding both factors may change.
        alone = length * (self.scale * NEVER_MORE) - 0.5 * length.square()
        alone = alone - self.half
        alone.addmm_(largest * NEVER_MORE, self.half.mul(2).sqrt()[None])
        alone.addcmul_(products, largest * (self.scale / BYTE**2))
        return alone.div_(self.variance).sub_(constant)


def _in_axes(
    cells: Float32[torch.Tensor, "a b *c r"], axes: int
) -> Float32[torch.Tensor, "a b *c k"]:
    """Give the first axes of cells; where there are more, the last is their length."""
    if cells.shape[-1] == axes:
        return cells
    rest = torch.linalg.vector_norm(cells[..., axes - 1 :], dim=-1, keepdim=True)
    return torch.cat([cells[..., : axes - 1], rest], dim=-1)


@dataclass(frozen=True)
class _Blocks:
    """Learnt variances: what the sums over blocks of cells say.

    The bound is bilinear: sums of a frame's cells and their squares, times the
    columns, plus what depends on the location alone.
    """

    blocks: int
    weight: Float32[torch.Tensor, " k"]
    columns: Float32[torch.Tensor, "locations k2"] | Int8[torch.Tensor, "locations k2"]
    scale: Float32[torch.Tensor, " locations"]
    length: Float32[torch.Tensor, " locations"]
    alone: Float32[torch.Tensor, " locations"]

    def above(
        self, frames: Float32[torch.Tensor, "t h w r"]
    ) -> Float32[torch.Tensor, "t locations"]:
        sums = _sums_of_frames(frames, self.blocks) * self.weight
        rows = torch.cat([sums, sums.square()], 1)
        length = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
        if self.columns.dtype != torch.int8:
            slack = torch.addmm(self.alone, length * FLOAT_SHARE, self.length[None])
            return slack.addmm_(rows, self.columns.T)
        rounded, largest = in_bytes(rows)
        products = torch._int_mm(rounded, self.columns.T).float()
        left = torch.cat([largest, length], 1) * NEVER_MORE
        slack = torch.addmm(self.alone, left, torch.stack([self.length, self.scale]))
        return slack.addcmul_(products, largest * (self.scale / BYTE**2))


def _blocks_of(
    mean: Float32[torch.Tensor, "gh gw r"],
    variance: Float32[torch.Tensor, "gh gw r"],
    spread: Float32[torch.Tensor, " locations"],
    window: tuple[int, int],
    blocks: int,
) -> _Blocks:
    """Sum means and variances over the blocks of all windows."""
    r, (h, w) = mean.shape[2], window
    means, variances = (_block_sums(grid, window, blocks) for grid in (mean, variance))
    count, k = means.shape
    # Dimensions of alike size round best.
    size = mean.square().mean((0, 1)).sqrt_().clamp_(min=1e-6)
    weight = torch.cat([size * cells for cells in _cells_of(window, blocks)])
    bytewise = byte_products.multiplies_bytes(mean.device)
    columns = mean.new_empty(count, 2 * k, dtype=torch.int8 if bytewise else None)
    largest, length, alone = (mean.new_empty(count) for _ in range(3))
    for first in range(0, count, PIECE):
        part = slice(first, first + PIECE)
        precision = variances[part].reciprocal_()
        weighted = means[part] * precision
        alone[part] = torch.linalg.vecdot(means[part], weighted)
        both = torch.cat([weighted * weight, precision * (-0.5 * weight**2)], 1)
        largest[part] = both.abs().amax(1)
        length[part] = torch.linalg.vector_norm(both, dim=1)
        if bytewise:
            both = both.mul_((BYTE / largest[part])[:, None]).round_()
        columns[part] = both
    constant = 0.5 * h * w * r * math.log(2 * math.pi) + math.log(count)
    alone = -0.5 * (alone + spread) - constant
    alone += FLOAT_SLACK + FLOAT_SHARE * alone.abs()
    return _Blocks(blocks, 1 / weight, columns, largest, length, alone)


def _blocks_along(locations: int, side: int) -> int:
    """Choose more blocks, which tell more, where locations are few."""
    return min(side, max(LEAST_BLOCKS, math.isqrt(PRODUCTS // locations)))


def _sums_of_frames(
    frames: Float32[torch.Tensor, "t h w r"], blocks: int
) -> Float32[torch.Tensor, "t k"]:
    """Sum every frame's cells over each block."""
    _, h, w, _ = frames.shape
    if blocks == h == w:
        return frames.flatten(1)
    rows = [frames[:, top:end].sum(1) for top, end in _cuts(h, blocks)]
    parts = [row[:, left:end].sum(1) for row in rows for left, end in _cuts(w, blocks)]
    return torch.cat(parts, 1)


def _block_sums(
    grid: Float32[torch.Tensor, "gh gw r"], window: tuple[int, int], blocks: int
) -> Float32[torch.Tensor, "locations k"]:
    """Sum the cells of every window over each block, blocks one after the other."""
    (gh, gw, r), (h, w) = grid.shape, window
    tall = torch.cat([grid, grid[: h - 1]])
    wrapped = torch.cat([tall, tall[:, : w - 1]], 1)
    found = grid.new_empty(gh, gw, blocks**2, r)
    number = itertools.count()
    for top, bottom in _cuts(h, blocks):
        rows = wrapped[top : top + gh].clone()
        for row in range(top + 1, bottom):
            rows += wrapped[row : row + gh]
        for left, right in _cuts(w, blocks):
            block = found[:, :, next(number)]
            block.copy_(rows[:, left : left + gw])
            for column in range(left + 1, right):
                block += rows[:, column : column + gw]
    return found.view(gh * gw, -1)


def _cells_of(window: tuple[int, int], blocks: int) -> list[int]:
    """Count the cells of each block."""
    h, w = window
    return [
        (bottom - top) * (right - left)
        for top, bottom in _cuts(h, blocks)
        for left, right in _cuts(w, blocks)
    ]


def _cuts(side: int, blocks: int) -> Iterator[tuple[int, int]]:
    """Cut so many cells into blocks of about the same."""
    edges = (round(side * number / blocks) for number in range(blocks + 1))
    return itertools.pairwise(edges)
