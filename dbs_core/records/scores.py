"""Class scores of cells and of frames, and what a temporal head adds."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64

from dbs_core.records.checks import check_times, freeze, require
from dbs_core.records.one_line import one_line
from dbs_core.records.stretches import starts

BackProjection = Literal["argmax", "soft"]
"""How grid scores become scores and maps of frames: by Eq. 7, or by Eq. 6."""


Reach = Float32[np.ndarray, "t 2"] | Float32[np.ndarray, "t a 3"]
"""How far each frame's action reaches: seconds from the frame back to its start and
forward to its end, of whatever action it is or of each action class by itself. The
latter have a third number, the head's score for an action of that class there."""


@dataclass(frozen=True, eq=False)
class GridScores:
    """Class probabilities of each imprint cell, and which cells hold frames.

    `mask` is the label-free mask of METHOD section 2.4.
    """

    probability: Float32[np.ndarray, "gh gw c"]
    mask: Bool[np.ndarray, "gh gw"]

    def __post_init__(self) -> None:
        freeze(self)

    __repr__ = one_line


@dataclass(frozen=True, eq=False)
class FrameScores:
    """Class scores of each sampled frame; column 0 is background."""

    probability: Float32[np.ndarray, "t c"]
    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    lead_s: float = 0.0
    """How long before its time a frame begins to stand (`stretches`)."""

    def __post_init__(self) -> None:
        check_times(self.times_s, self.duration_s, self.lead_s)
        require(
            bool(np.isfinite(self.probability).all()),
            "probability: wanted finite scores, got NaN or infinity",
        )
        freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)

    __repr__ = one_line

    @property
    def starts_s(self) -> Float64[np.ndarray, " t"]:
        """When each frame begins to stand: it does until the next one begins."""
        return starts(self.times_s, self.lead_s)

    @property
    def edges_s(self) -> Float64[np.ndarray, " t1"]:
        """Borders of the frames in time: frame i stands for [edges[i], edges[i+1])."""
        return np.append(self.starts_s, self._end_s)

    @property
    def _end_s(self) -> float:
        """The last frame stands to the end, one with a lead as long after its time."""
        if not self.lead_s or not len(self):
            return self.duration_s
        return min(self.duration_s, float(self.times_s[-1]) + self.lead_s)


@dataclass(frozen=True, eq=False)
class Sharpened:
    """Frame scores that a temporal head had a say in, and each frame's reach.

    `reach_s[i]` counts for the action that frame i lies in, if it lies in one.
    """

    frames: FrameScores
    reach_s: Reach

    def __post_init__(self) -> None:
        require(
            len(self.reach_s) == len(self.frames),
            f"reach_s: wanted {len(self.frames)} frames, got {len(self.reach_s)}",
        )
        require(bool((self.reach_s >= 0).all()), "reach_s: wanted no negative seconds")
        freeze(self)

    __repr__ = one_line
