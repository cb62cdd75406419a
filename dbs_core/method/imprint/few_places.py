"""Eq. 2 at the few locations that can hold anything of a frame.

A bound says which those are; their log joint is taken exactly, in float32.
"""

import math

import torch
from jaxtyping import Float32, Int64

from dbs_core.method.imprint.accumulation import window_cells
from dbs_core.method.imprint.posterior import POSTERIOR_FLOOR, Posterior

PAIRS = 64
"""Pairs of a frame and a window in one piece: stays in the cache."""
TRIED = (2, 16)
"""Locations of the highest bound that are looked at first: of each frame, and of those
to which more than so many are then still open."""
Places = tuple[Posterior, Int64[torch.Tensor, " t"], Float32[torch.Tensor, " t"]]
"""Of some frames: posterior, likeliest origins, log evidence."""


def few_places(
    frames: Float32[torch.Tensor, "t h w r"],
    above: Float32[torch.Tensor, "t locations"],
    mean: Float32[torch.Tensor, "gh gw r"],
    precision: Float32[torch.Tensor, "gh gw r"] | float,
    spread: Float32[torch.Tensor, " locations"],
    most: float,
) -> Places | None:
    """Give posterior, likeliest origins and log evidence; None where many can hold it.

    Args:
        frames: counted from 0.
        above: what the log joint cannot exceed; overwritten.
        mean: of every cell.
        precision: one by the variance of every cell, or of all.
        spread: sum of a window's log variances.
        most: locations of a frame, on the average, that are few.
    """
    t, floor = len(above), math.log(POSTERIOR_FLOOR)
    sure = torch.zeros_like(above, dtype=torch.bool)
    best = above.new_full((t,), -math.inf)
    some = torch.arange(t)

    def look(frame: torch.Tensor, origin: torch.Tensor) -> torch.Tensor:
        joint = joint_at(frames, frame, origin, mean, precision, spread)
        above[frame, origin] = joint
        sure[frame, origin] = True
        return joint

    for tried in TRIED:
        likely = above[some].topk(tried, dim=1).indices
        joint = look(some.repeat_interleave(tried), likely.flatten())
        best[some] = best[some].maximum(joint.view(-1, tried).amax(1))
        # Below this nothing is left of a posterior.
        possible = above >= (best + floor)[:, None]
        some = (possible.sum(1) > TRIED[-1]).nonzero()[:, 0]
        if not len(some):
            break
    frame, origin = possible.nonzero(as_tuple=True)
    if len(frame) > most * t:
        return None
    rest = (~sure[frame, origin]).nonzero()[:, 0]
    look(frame[rest], origin[rest])
    return _posterior(frame, origin, above[frame, origin], t)


def joint_at(
    frames: Float32[torch.Tensor, "t h w r"],
    frame: Int64[torch.Tensor, " e"],
    origin: Int64[torch.Tensor, " e"],
    mean: Float32[torch.Tensor, "gh gw r"],
    precision: Float32[torch.Tensor, "gh gw r"] | float,
    spread: Float32[torch.Tensor, " locations"],
) -> Float32[torch.Tensor, " e"]:
    """log p(location) + log p(frame | location), Eq. 1, for pairs of both."""
    (t, h, w, r), (gh, gw, _) = frames.shape, mean.shape
    flat, means = frames.reshape(t, -1), mean.reshape(-1, r)
    squares = torch.empty(len(frame))
    for first in range(0, len(frame), PAIRS):
        part = slice(first, first + PAIRS)
        cell = window_cells(origin[part], (h, w), (gh, gw))
        windows = means.index_select(0, cell.flatten()).view(len(cell), -1)
        windows -= flat.index_select(0, frame[part])
        if isinstance(precision, float):
            squares[part] = torch.linalg.vecdot(windows, windows) * precision
            continue
        weight = precision.reshape(-1, r).index_select(0, cell.flatten())
        squares[part] = torch.linalg.vecdot(windows.square_(), weight.view_as(windows))
    constant = 0.5 * h * w * r * math.log(2 * math.pi) + math.log(gh * gw)
    return -0.5 * (squares + spread[origin]) - constant


def _posterior(
    frame: Int64[torch.Tensor, " e"],
    origin: Int64[torch.Tensor, " e"],
    joint: Float32[torch.Tensor, " e"],
    t: int,
) -> Places:
    """Normalise each frame's entries; frames are sorted, and each has one."""
    count = torch.bincount(frame, minlength=t)
    first = count.cumsum(0) - count
    listed = joint.new_full((t, int(count.max())), -math.inf)
    rank = torch.arange(len(frame)) - first[frame]
    listed[frame, rank] = joint
    evidence = torch.logsumexp(listed, dim=1)
    best = origin[first + listed.argmax(1)]
    weight = (joint - evidence[frame]).exp_()
    held = weight > POSTERIOR_FLOOR
    return Posterior(frame[held], origin[held], weight[held]), best, evidence
