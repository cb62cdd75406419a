"""What a temporal head learns from: videos as samples, and two of them spliced."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float32, Float64

from dbs_core.records import Segments


@dataclass(frozen=True, eq=False)
class HeadSample:
    """One video to learn from: input, labels, reach, and where there is an action."""

    frames: Float32[torch.Tensor, "t i"]
    target: Float32[torch.Tensor, "t c"]
    reach_s: Float32[torch.Tensor, "t 2"]
    inside: Bool[torch.Tensor, " t"]
    actions: Float32[torch.Tensor, "k 3"]
    """Start and end of each, in samples (sample i lies at i), and its label."""

    def __len__(self) -> int:
        return len(self.frames)

    def cut(self, part: slice) -> "HeadSample":
        """Keep a part of the frames, and the actions whose middle lies in it."""
        first, last, _ = part.indices(len(self))
        middle = self.actions[:, :2].mean(dim=1)
        kept = self.actions[(middle >= first) & (middle < last)]
        return HeadSample(
            self.frames[part],
            self.target[part],
            self.reach_s[part],
            self.inside[part],
            moved(kept, -first),
        )


def moved(
    actions: Float32[torch.Tensor, "k 3"], samples: int
) -> Float32[torch.Tensor, "k 3"]:
    """Give the actions that many samples later."""
    return actions + torch.tensor([samples, samples, 0], dtype=actions.dtype)


def head_sample(
    frames: Float32[np.ndarray, "t i"],
    target: Float32[np.ndarray, "t c"],
    segments: Segments,
    times_s: Float64[np.ndarray, " t"],
) -> HeadSample:
    """Make a sample; of overlapping actions the later annotated gives the reach."""
    reach = np.zeros((len(times_s), 2), np.float32)
    inside = np.zeros(len(times_s), bool)
    for start, end in segments.spans_s:
        there = (start <= times_s) & (times_s < end)
        reach[there, 0] = times_s[there] - start
        reach[there, 1] = end - times_s[there]
        inside |= there
    every_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1.0
    actions = np.zeros((len(segments), 3), np.float32)
    actions[:, :2] = (segments.spans_s - times_s[:1]) / every_s
    actions[:, 2] = segments.labels
    arrays = (frames, target, reach, inside, actions)
    return HeadSample(*(torch.from_numpy(np.array(one)) for one in arrays))


def spliced(
    first: HeadSample, other: HeadSample, generator: torch.Generator
) -> HeadSample:
    """Join a sample's first part and another's last, both cut outside actions."""
    first = first.cut(slice(0, _cut_point(first, generator, len(first) - 1) + 1))
    other = other.cut(slice(_cut_point(other, generator, 0), None))
    after = moved(other.actions, len(first))
    return HeadSample(
        torch.cat([first.frames, other.frames]),
        torch.cat([first.target, other.target]),
        torch.cat([first.reach_s, other.reach_s]),
        torch.cat([first.inside, other.inside]),
        torch.cat([first.actions, after]),
    )


def _cut_point(sample: HeadSample, generator: torch.Generator, otherwise: int) -> int:
    """Draw a frame that is in no action; `otherwise` where there is none."""
    outside = (~sample.inside).nonzero()[:, 0]
    if not len(outside):
        return otherwise
    return int(outside[int(torch.randint(len(outside), (), generator=generator))])
