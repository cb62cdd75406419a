"""Where the EM starts from: the initial means of the imprint.

A noise start (METHOD section 1.4) lets the epitome collapse on real video: all
frames flow to the few locations that win the first E step, and even perfect labels
then detect poorly. Starting from the video's own frames keeps them apart.
"""

import math

import torch
from jaxtyping import Float32, Int64

from dbs_core.method.imprint.settings import Start


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
    backwards, so that neighbours in time are neighbours on the grid.

    Pooled frames, a cell each, are often fewer than the cells. The rest is blended of
    neighbours in time: of equal cells each would get so small a share of its frame
    that none counts as holding any.
    """
    if start == "noise":
        flat = maps.reshape(-1, maps.shape[-1])
        noise = torch.randn(grid, grid, maps.shape[-1], generator=generator)
        return flat.mean(0) + 0.01 * flat.std(0) * noise.to(maps.device)
    if maps.shape[1:3] == (1, 1):
        maps = _stretched(maps, grid * grid)
    across = _tiles(grid, (maps.shape[1], maps.shape[2]))
    order = _order(across, start, generator)
    chosen = start_frames(len(maps), (maps.shape[1], maps.shape[2]), grid)
    rows, row_offset = _tile_of(grid, across[0])
    columns, column_offset = _tile_of(grid, across[1])
    # frame of each grid cell [gh, gw], then the cell of that frame it shows
    frame = chosen[order.reshape(across)[rows][:, columns]]
    return maps[
        frame.to(maps.device), row_offset[:, None], column_offset[None, :]
    ].clone()


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
    t: int, window: tuple[int, int], grid: int
) -> Int64[torch.Tensor, " tiles"]:
    """Choose as many frames, evenly spaced in time, as tiles cover the grid.

    A start from these frames alone is the start from all of them.
    """
    return torch.linspace(0, t - 1, math.prod(_tiles(grid, window))).round().long()


def _tiles(grid: int, window: tuple[int, int]) -> tuple[int, int]:
    return math.ceil(grid / window[0]), math.ceil(grid / window[1])


def _order(
    across: tuple[int, int], start: Start, generator: torch.Generator
) -> Int64[torch.Tensor, " tiles"]:
    """Say which of the chosen frames each tile shows, tiles counted row by row."""
    count = across[0] * across[1]
    if start == "tiled":
        return torch.randperm(count, generator=generator)
    rows = torch.arange(count).reshape(across)
    rows[1::2] = rows[1::2].flip(1)
    return rows.reshape(-1)


def _tile_of(
    grid: int, tiles: int
) -> tuple[Int64[torch.Tensor, " g"], Int64[torch.Tensor, " g"]]:
    """Share `grid` cells among tiles as evenly as can be: tile and offset of each."""
    cell = torch.arange(grid)
    tile = torch.div(cell * tiles, grid, rounding_mode="floor")
    first = torch.div(tile * grid + tiles - 1, tiles, rounding_mode="floor")
    return tile, cell - first
