"""Frames added into the grid where they lie: the sums of the M step (Eq. 3 and 4).

Posterior and frames in, sums over the torus out, in bounded pieces: a video of any
length, maps larger than memory. Peaked posteriors are added cell by cell, each cell
summing the rows of the frames that lie on it; flat ones (a noise start) by one
transposed convolution.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch.nn import functional as F

from dbs_core.method.imprint.posterior import Posterior, posterior_of
from dbs_core.records import Features, Imprint, Placement, let_go
from dbs_core.runtime.errors import InputError

# A cell that holds less than this of a frame keeps its old mean (METHOD 1.4).
EMPTY_CELL = 1e-10
# Frames in one piece: bounds memory at any length of video, and stays in the cache.
CHUNK = 128
# Frames read and widened at a time: what was read is in the cache still.
WIDENED = 16
# Locations a frame above which frames are added by a convolution.
DENSE = 64


def imprint_of(
    features: Features, placement: Placement, device: torch.device | str = "cpu"
) -> Imprint:
    """Average features into the cells where a placement says they lie.

    Step 2 of the two-step scheme: any features of the same frames will do, the full
    dimensions or patches of pixels. Cells that hold nothing are zero.
    """
    return averaged(frame_chunks(features, device), placement, device)


def averaged(
    chunks: Iterable[tuple[int, Float32[torch.Tensor, "t h w d"]]],
    placement: Placement,
    device: torch.device | str = "cpu",
) -> Imprint:
    """Do as `imprint_of` with frames in pieces, each with its first number."""
    posterior = posterior_of(placement)
    located = Posterior(
        posterior.frame.to(device),
        posterior.origin.to(device),
        posterior.weight.to(device),
    )
    sums, usage = accumulate(chunks, located, placement.grid)
    mean = sums / usage.clamp(min=EMPTY_CELL)[..., None]
    mean[usage <= EMPTY_CELL] = 0
    return Imprint(mean.cpu().numpy(), usage.float().cpu().numpy())


def frame_chunks(
    features: Features, device: torch.device | str, chunk: int | None = None
) -> Iterator[tuple[int, Float32[torch.Tensor, "t h w d"]]]:
    """Read frames in bounded pieces: the maps may be a memory map larger than RAM.

    All pieces share one place in memory, which fresh pages would make several times
    as slow: each is good until the next is asked for.

    Args:
        features: of a video.
        device: where the pieces are to lie.
        chunk: frames of a piece (default: CHUNK).
    """
    count = min(chunk or CHUNK, len(features))
    frame = features.maps.shape[1:]
    read = np.empty((min(WIDENED, count), *frame), features.maps.dtype)
    room = torch.empty((count, *frame), dtype=torch.float32, device=device)
    for first in range(0, len(features), count):
        maps = features.maps[first : first + count]
        for begin in range(0, len(maps), WIDENED):
            part = maps[begin : begin + WIDENED]
            np.copyto(read[: len(part)], part)
            # Sent as it is and widened there: half the bytes.
            sent = torch.from_numpy(read[: len(part)]).to(device)
            room[begin : begin + len(part)].copy_(sent)
        let_go(features.maps)
        yield first, room[: len(maps)]


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
        add_frames(sums, usage, first, maps, posterior)
    if sums is None:
        raise InputError("no frame to make an imprint of")
    return sums, usage


def add_frames(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    posterior: Posterior,
) -> None:
    """Add in place the frames from number `first` on; the posterior is sorted."""
    t = len(maps)
    span = torch.tensor([first, first + t], device=maps.device)
    low, high = torch.searchsorted(posterior.frame, span).tolist()
    if high - low > DENSE * t:
        _add_dense(sums, usage, first, maps, posterior.part(low, high))
    elif high > low:
        _add_listed(sums, usage, first, maps, posterior.part(low, high))


def _add_listed(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add cell by cell: what peaked posteriors want.

    The entries are sorted by cell, and an embedding bag sums each cell's rows without
    a copy of them: one pass over the frames, the same sums on any number of cores.
    """
    h, w, d = maps.shape[1:]
    cell = window_cells(entries.origin, (h, w), (usage.shape[0], usage.shape[1]))
    offset = torch.arange(cell.shape[1], device=maps.device)
    row = (entries.frame - first)[:, None] * len(offset) + offset
    weight = entries.weight.repeat_interleave(len(offset))
    cell, order = cell.flatten().sort(stable=True)
    present, count = torch.unique_consecutive(cell, return_counts=True)
    added = F.embedding_bag(
        row.flatten()[order],
        maps.reshape(-1, d),
        count.cumsum(0) - count,
        mode="sum",
        per_sample_weights=weight[order],
    )
    sums.view(-1, d)[present] += added
    usage.view(-1).index_add_(0, cell, weight[order])


def window_cells(
    origin: Int64[torch.Tensor, " e"], window: tuple[int, int], size: tuple[int, int]
) -> Int64[torch.Tensor, "e hw"]:
    """Number (row * gw + column) of every cell of the windows at some origins."""
    (h, w), (gh, gw) = window, size
    offset = torch.arange(h * w, device=origin.device)
    row = (origin // gw)[:, None] + offset // w
    column = (origin % gw)[:, None] + offset % w
    return row % gh * gw + column % gw


def _add_dense(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add by one transposed convolution: what a flat posterior (noise start) wants."""
    t, (gh, gw) = len(maps), usage.shape
    q = maps.new_zeros(t, gh * gw)
    q[entries.frame - first, entries.origin] = entries.weight
    added, counted = spread(q.reshape(t, gh, gw), maps)
    sums += added
    usage += counted


def spread(
    q: Float32[torch.Tensor, "t gh gw"], maps: Float32[torch.Tensor, "t h w d"]
) -> tuple[Float32[torch.Tensor, "gh gw d"], Float32[torch.Tensor, "gh gw"]]:
    """Add frames by their whole posterior: sums and usage; gradients run through."""
    gh, gw = q.shape[1:]
    placed = F.conv_transpose2d(q[None], maps.permute(0, 3, 1, 2).contiguous())
    window = maps.new_ones(1, 1, *maps.shape[1:3])
    box = F.conv_transpose2d(q.sum(0)[None, None], window)
    return fold(placed[0], gh, gw).permute(1, 2, 0), fold(box[0], gh, gw)[0]


def fold(
    spread: Float32[torch.Tensor, "c gh_h gw_w"], gh: int, gw: int
) -> Float32[torch.Tensor, "c gh gw"]:
    """Add what hangs over the lower and right border back at the other side."""
    rows = spread[:, :gh].clone()
    rows[:, : spread.shape[1] - gh] += spread[:, gh:]
    folded = rows[:, :, :gw].clone()
    folded[:, :, : spread.shape[2] - gw] += rows[:, :, gw:]
    return folded
