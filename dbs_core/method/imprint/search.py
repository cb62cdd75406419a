"""The fast E step's two looks: all locations coarsely, the best few exactly.

The E step's cost is this comparison (METHOD section 1.3). Where a processor multiplies
bytes natively, frames and grid are rounded to 8 bits and their products summed exactly
in whole numbers: four times as fast as float32, and the same sums on any number of
cores. Elsewhere, and on a GPU, the same in float32 by one convolution. Either way the
few best locations are scored again in float32 (`log_joint_at`), so rounding decides
nothing but which locations those are.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int8, Int64
from torch.nn import functional as F

from dbs_core.method.imprint.accumulation import window_cells
from dbs_core.method.imprint.torus import cell_box

PAIRS = 64
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


BYTE = 127
"""Largest magnitude of a rounded value."""


def multiplies_bytes(device: torch.device) -> bool:
    """Say whether this machine has instructions for sums of products of bytes."""
    known = getattr(torch.cpu, "_is_vnni_supported", lambda: False)
    return device.type == "cpu" and hasattr(torch, "_int_mm") and bool(known())


@dataclass(frozen=True)
class Windows:
    """The grid as it is compared with frames; the cells' lengths as half squares."""

    grid: Float32[torch.Tensor, "gh gw d"]
    rounded: Int8[torch.Tensor, "locations values"] | None
    scale: float
    half: Float32[torch.Tensor, " locations"]

    def nearest(
        self,
        frames: Float32[torch.Tensor, "t h w d"],
        rounded: Int8[torch.Tensor, "t values"] | None,
        keep: int,
    ) -> tuple[Float32[torch.Tensor, "t k"], Int64[torch.Tensor, "t k"]]:
        """Give each frame's best locations and their scores, the best first.

        The score is half the squared length of the frame less half its squared
        distance from the window: the order of Eq. 1 where all variances are one.
        """
        if self.rounded is None or rounded is None:
            score = correlate(self.grid, frames.permute(0, 3, 1, 2)).flatten(1)
            score = score - self.half
        else:
            # The frames' own scales: their order of locations does not need them.
            length = frames.flatten(1).abs().amax(1, keepdim=True).clamp(min=1e-12)
            products = torch._int_mm(rounded, self.rounded.T)
            score = products.float() * (length * (self.scale / BYTE**2)) - self.half
        return score.topk(min(keep, score.shape[1]), dim=1)


def windows_of(
    grid: Float32[torch.Tensor, "gh gw d"], window: tuple[int, int]
) -> Windows:
    """Prepare a grid for comparing all its windows with frames."""
    half = 0.5 * cell_box(grid.square().sum(-1), window).flatten()
    if not multiplies_bytes(grid.device):
        return Windows(grid, None, 1.0, half)
    scale = float(grid.abs().max().clamp(min=1e-12))
    rounded = (grid * (BYTE / scale)).round().to(torch.int8)
    return Windows(grid, _unrolled(rounded, window), scale, half)


def rounded_frames(
    frames: Float32[torch.Tensor, "t h w d"],
) -> Int8[torch.Tensor, "t values"] | None:
    """Round frames to bytes, each by its own scale; None where that gains nothing."""
    if not multiplies_bytes(frames.device):
        return None
    return in_bytes(frames.flatten(1))[0]


def in_bytes(
    rows: Float32[torch.Tensor, "t values"],
) -> tuple[Int8[torch.Tensor, "t values"], Float32[torch.Tensor, "t 1"]]:
    """Round rows to bytes, each by its largest magnitude, which is given too."""
    largest = rows.abs().amax(1, keepdim=True).clamp(min=1e-12)
    return (rows * (BYTE / largest)).round().to(torch.int8), largest


def correlate(
    grid: Float32[torch.Tensor, "gh gw c"], filters: Float32[torch.Tensor, "t c h w"]
) -> Float32[torch.Tensor, "t gh gw"]:
    """Circular cross-correlation of W x W patches with the torus, summed over c."""
    h, w = filters.shape[-2:]
    image = F.pad(grid.permute(2, 0, 1)[None], (0, w - 1, 0, h - 1), mode="circular")
    layout = torch.channels_last
    return F.conv2d(
        image.contiguous(memory_format=layout), filters.contiguous(memory_format=layout)
    )[0]


def _unrolled(
    grid: Int8[torch.Tensor, "gh gw d"], window: tuple[int, int]
) -> Int8[torch.Tensor, "locations values"]:
    """Write every window of the torus out as a row."""
    (gh, gw, d), (h, w) = grid.shape, window
    rows = torch.arange(gh + h - 1) % gh
    columns = torch.arange(gw + w - 1) % gw
    padded = grid[rows][:, columns].contiguous()
    wide = (gw + w - 1) * d
    windows = padded.as_strided((gh, gw, h, w * d), (wide, d, wide, 1))
    return windows.reshape(gh * gw, h * w * d)
