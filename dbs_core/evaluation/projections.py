"""Both ways back to the frames beside each other, and how sharp the posterior is.

PAPER projects by Eq. 7 because Figure 3 finds nearly every frame's largest posterior
close to 1, where Eq. 6 gives the same.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.records import FrameScores, VideoResult

BINS = 20
"""Of Figure 3's histogram."""
SHARP = 0.99
"""A frame whose largest posterior exceeds it lies on one place."""


@dataclass(frozen=True, eq=False)
class Projections:
    """A video's frame scores by Eq. 6 (`soft`) and by Eq. 7 (`hard`), unsmoothed."""

    soft: FrameScores
    hard: FrameScores

    @property
    def gap(self) -> float:
        """The largest difference of a score, over all frames and classes."""
        apart = np.abs(self.soft.probability - self.hard.probability)
        return float(apart.max(initial=0.0))


def both_projections(result: VideoResult) -> Projections:
    """Project a result's grid scores back by Eq. 6 and by Eq. 7."""
    grid, placement = result.grid, result.placement
    return Projections(
        to_frames(grid, placement, "soft"), to_frames(grid, placement, "argmax")
    )


@dataclass(frozen=True, eq=False)
class Sharpness:
    """Figure 3's numbers: a histogram over frames, and the share of `SHARP` ones."""

    counts: Int64[np.ndarray, " bins"]
    edges: Float64[np.ndarray, " edges"]
    share: float

    @property
    def middles(self) -> Float64[np.ndarray, " bins"]:
        """The middle of each bin."""
        return (self.edges[:-1] + self.edges[1:]) / 2


def sharpness(largest: Float32[np.ndarray, " t"]) -> Sharpness:
    """Count frames by their largest posterior; float error above 1 counts as 1."""
    counts, edges = np.histogram(np.clip(largest, 0, 1), BINS, (0, 1))
    share = float(np.mean(largest > SHARP)) if len(largest) else 0.0
    return Sharpness(counts.astype(np.int64), edges.astype(np.float64), share)
