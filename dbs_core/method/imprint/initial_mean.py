"""Where the EM starts from: the initial means of the imprint.

A noise start (METHOD section 1.4) lets the epitome collapse on real video: all
frames flow to the few locations that win the first E step, and even perfect labels
then detect poorly. Starting from the video's own frames keeps them apart.
"""

import math

import numpy as np
import torch
from jaxtyping import Float32, Int64

from dbs_core.method.imprint.accumulation import add_frames
from dbs_core.method.imprint.posterior import Posterior
from dbs_core.method.imprint.settings import Start
from dbs_core.method.imprint.sorting import sorted_sites

SPACING = 4
"""Cells from one frame of an overlapping start to the next."""


def initial_mean(
    maps: Float32[torch.Tensor, "t h w d"],
    grid: int,
    start: Start,
    generator: torch.Generator,
) -> Float32[torch.Tensor, "gh gw d"]:
    """Build the means that the first E step compares the frames with.

    `noise`: the channels' mean plus Gaussian noise of 0.01 of their standard
    deviation. `tiled`: frames evenly spaced in time, laid side by side in random
    order. `snake`: the same frames in time order, row by row, every other row
    backwards, so that neighbours in time are neighbours on the grid. `sorted`: the
    same frames as a sorted map, so that neighbours on the grid look alike.
    `overlapping`: a sorted map of more frames, one every few cells; where their
    windows overlap, their mean.

    Pooled frames, a cell each, are often fewer than the cells. The rest is blended of
    neighbours in time: of equal cells each would get so small a share of its frame
    that none counts as holding any.
    """
    if start == "noise":
        flat = maps.reshape(-1, maps.shape[-1])
        noise = torch.randn(grid, grid, maps.shape[-1], generator=generator)
        deviation = flat.std(0, correction=min(1, len(flat) - 1))
        return flat.mean(0) + 0.01 * deviation * noise.to(maps.device)
    window = maps.shape[1], maps.shape[2]
    if window == (1, 1):
        maps = _stretched(maps, grid * grid)
    across = _sites(grid, window, start)
    chosen = maps[start_frames(len(maps), window, grid, start).to(maps.device)]
    laid = chosen[_order(chosen, across, start, generator).to(maps.device)]
    if start == "overlapping":
        return _overlapping(laid, grid, across)
    rows, row_offset = _tile_of(grid, across[0])
    columns, column_offset = _tile_of(grid, across[1])
    # which of the frames each grid cell shows [gh, gw], then the cell of that frame
    tile = (rows[:, None] * across[1] + columns[None, :]).to(maps.device)
    return laid[tile, row_offset[:, None], column_offset[None, :]].clone()


def _stretched(
    maps: Float32[torch.Tensor, "t h w d"], least: int
) -> Float32[torch.Tensor, "t2 h w d"]:
    """Blend frames between frames until there are as many as wanted."""
    t = len(maps)
    if t >= least:
        return maps
    place = torch.linspace(0, t - 1, least, device=maps.device)
    before = place.floor().long()
    after = (before + 1).clamp(max=t - 1)
    return torch.lerp(maps[before], maps[after], (place - before)[:, None, None, None])


def start_frames(
    t: int, window: tuple[int, int], grid: int, start: Start
) -> Int64[torch.Tensor, " sites"]:
    """Choose as many frames, evenly spaced in time, as a start lays out.

    A start from these frames alone is the start from all of them.
    """
    sites = math.prod(_sites(grid, window, start))
    return torch.linspace(0, t - 1, sites).round().long()


def _sites(grid: int, window: tuple[int, int], start: Start) -> tuple[int, int]:
    """Count rows and columns of frames that cover the grid."""
    apart = [min(side, SPACING) if start == "overlapping" else side for side in window]
    return math.ceil(grid / apart[0]), math.ceil(grid / apart[1])


def _order(
    chosen: Float32[torch.Tensor, "n h w d"],
    across: tuple[int, int],
    start: Start,
    generator: torch.Generator,
) -> Int64[torch.Tensor, " n"]:
    """Say which of the chosen frames each site shows, sites counted row by row."""
    count = across[0] * across[1]
    if start == "tiled":
        return torch.randperm(count, generator=generator)
    if start == "snake":
        rows = torch.arange(count).reshape(across)
        rows[1::2] = rows[1::2].flip(1)
        return rows.reshape(-1)
    # NumPy adds up in one order on any number of threads.
    pooled = chosen.cpu().numpy().astype(np.float64).mean((1, 2))
    return torch.from_numpy(sorted_sites(pooled, across, generator))


def _overlapping(
    laid: Float32[torch.Tensor, "n h w d"], grid: int, across: tuple[int, int]
) -> Float32[torch.Tensor, "gh gw d"]:
    """Average frames whose windows begin at evenly spaced cells of the torus."""
    row, column = (torch.arange(n) * grid // n for n in across)
    origin = (row[:, None] * grid + column[None, :]).flatten().to(laid.device)
    frame = torch.arange(len(laid), device=laid.device)
    sums, usage = laid.new_zeros(grid, grid, laid.shape[-1]), laid.new_zeros(grid, grid)
    add_frames(sums, usage, 0, laid, Posterior(frame, origin, laid.new_ones(len(laid))))
    return sums / usage[..., None]


def _tile_of(
    grid: int, tiles: int
) -> tuple[Int64[torch.Tensor, " g"], Int64[torch.Tensor, " g"]]:
    """Share `grid` cells among tiles as evenly as can be: tile and offset of each."""
    cell = torch.arange(grid)
    tile = torch.div(cell * tiles, grid, rounding_mode="floor")
    first = torch.div(tile * grid + tiles - 1, tiles, rounding_mode="floor")
    return tile, cell - first
