"""Frames added into the grid where they lie: the sums of the M step (Eq. 3 and 4).

Posterior and frames in, sums over the torus out, in bounded pieces: a video of any
length, maps larger than memory. Peaked posteriors are added entry by entry, flat ones
(a noise start) by one transposed convolution.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional as F

from dbs_core.errors import InputError
from dbs_core.posterior import Posterior, posterior_of
from dbs_core.records import Features, Imprint, Placement

# A cell that holds less than this of a frame keeps its old mean (METHOD 1.4).
EMPTY_CELL = 1e-10
# Frames in one piece, and entries: bounds memory at any length of video.
CHUNK = 256
# Locations a frame above which frames are added by a convolution.
DENSE = 64


def imprint_of(
    features: Features, placement: Placement, device: torch.device | str = "cpu"
) -> Imprint:
    """Average features into the cells where a placement says they lie.

    Step 2 of the two-step scheme: any features of the same frames will do, the full
    dimensions or patches of pixels. Cells that hold nothing are zero.
    """
    posterior = posterior_of(placement)
    located = Posterior(
        posterior.frame.to(device),
        posterior.origin.to(device),
        posterior.weight.to(device),
    )
    sums, usage = accumulate(frame_chunks(features, device), located, placement.grid)
    mean = sums / usage.clamp(min=EMPTY_CELL)[..., None]
    mean[usage <= EMPTY_CELL] = 0
    return Imprint(mean.cpu().numpy(), usage.float().cpu().numpy())


def frame_chunks(
    features: Features, device: torch.device | str
) -> Iterator[tuple[int, Float32[torch.Tensor, "t h w d"]]]:
    """Read frames in bounded pieces: the maps may be a memory map larger than RAM."""
    for first in range(0, len(features), CHUNK):
        maps = np.array(features.maps[first : first + CHUNK])
        yield first, torch.from_numpy(maps).to(device).float()


def accumulate(
    chunks: Iterable[tuple[int, Float32[torch.Tensor, "t h w d"]]],
    posterior: Posterior,
    size: tuple[int, int],
) -> tuple[Float32[torch.Tensor, "gh gw d"], Float32[torch.Tensor, "gh gw"]]:
    """Add weighted frames into the grid, and count what lies on each cell."""
    sums: torch.Tensor | None = None
    usage = posterior.weight.new_zeros(*size)
    for first, maps in chunks:
        if sums is None:
            sums = maps.new_zeros(*size, maps.shape[-1])
        _add_chunk(sums, usage, first, maps, posterior)
    if sums is None:
        raise InputError("no frame to make an imprint of")
    return sums, usage


def _add_chunk(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    posterior: Posterior,
) -> None:
    """Add the frames from number `first` on; the posterior is sorted by frame."""
    t = len(maps)
    span = torch.tensor([first, first + t], device=maps.device)
    low, high = torch.searchsorted(posterior.frame, span).tolist()
    if high - low > DENSE * t:
        _add_dense(sums, usage, first, maps, posterior.part(low, high))
        return
    for part in range(low, high, CHUNK):
        entries = posterior.part(part, min(part + CHUNK, high))
        _add_listed(sums, usage, first, maps, entries)


def _add_listed(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add entry by entry: what peaked posteriors want."""
    (gh, gw), (h, w, d) = usage.shape, maps.shape[1:]
    offset = torch.arange(h * w, device=maps.device)
    row = (entries.origin // gw)[:, None] + offset // w
    column = (entries.origin % gw)[:, None] + offset % w
    cell = (row % gh * gw + column % gw).flatten()
    values = maps[entries.frame - first].reshape(-1, h * w, d)
    weighted = (values * entries.weight[:, None, None]).flatten(0, 1)
    sums.view(-1, d).index_add_(0, cell, weighted)
    usage.view(-1).index_add_(0, cell, entries.weight.repeat_interleave(h * w))


def _add_dense(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add by one transposed convolution: what a flat posterior (noise start) wants."""
    (t, h, w, _), (gh, gw) = maps.shape, usage.shape
    q = maps.new_zeros(t, gh * gw)
    q[entries.frame - first, entries.origin] = entries.weight
    image = q.reshape(1, t, gh, gw)
    spread = F.conv_transpose2d(image, maps.permute(0, 3, 1, 2).contiguous())
    sums += _fold(spread[0], gh, gw).permute(1, 2, 0)
    box = F.conv_transpose2d(image.sum(1, keepdim=True), maps.new_ones(1, 1, h, w))
    usage += _fold(box[0], gh, gw)[0]


def _fold(
    spread: Float32[torch.Tensor, "c gh_h gw_w"], gh: int, gw: int
) -> Float32[torch.Tensor, "c gh gw"]:
    """Add what hangs over the lower and right border back at the other side."""
    rows = spread[:, :gh].clone()
    rows[:, : spread.shape[1] - gh] += spread[:, gh:]
    folded = rows[:, :, :gw].clone()
    folded[:, :, : spread.shape[2] - gw] += rows[:, :, gw:]
    return folded
