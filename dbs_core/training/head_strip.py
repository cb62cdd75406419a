"""Several videos one after another, as the pyramid takes them.

Filled up to the longest of a batch, videos of unlike lengths are mostly filling. Laid
end to end, each begins where every level of the pyramid has a point, and one point of
filling at the coarsest level keeps it from its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int64

from dbs_core.training.head_sample import HeadSample


@dataclass(frozen=True, eq=False)
class Strip:
    """What some videos show and are to be called, end to end."""

    frames: Float32[torch.Tensor, "t i"]
    target: Float32[torch.Tensor, "t c"]
    video: Int64[torch.Tensor, " t"]
    """Number of the video; -1 is filling."""
    spans: tuple[int, ...]
    """Samples from the beginning of each video to that of the next."""


def strip(samples: Sequence[HeadSample], levels: int) -> Strip:
    """Lay videos end to end for a pyramid of so many levels."""
    coarsest = 2 ** (levels - 1)
    spans = tuple((-(-len(s) // coarsest) + 1) * coarsest for s in samples)
    shape, first = (sum(spans),), samples[0]
    frames = torch.zeros(*shape, first.frames.shape[1])
    target = torch.zeros(*shape, first.target.shape[1])
    video = torch.full(shape, -1)
    start = 0
    for number, (sample, span) in enumerate(zip(samples, spans, strict=True)):
        there = slice(start, start + len(sample))
        frames[there], target[there] = sample.frames, sample.target
        video[there] = number
        start += span
    return Strip(frames, target, video, spans)
