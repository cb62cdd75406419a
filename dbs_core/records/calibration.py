"""What makes scores of detections comparable between classes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from dbs_core.records.checks import freeze, require
from dbs_core.records.classes import BACKGROUND
from dbs_core.records.one_line import one_line
from dbs_core.records.segments import Segments


@dataclass(frozen=True, eq=False)
class Calibration:
    """From a detection's score to the probability that it is right at a tIoU of 0.5.

    `1 / (1 + exp(-(slope * score + offsets[class])))`: it rises with the score, so the
    order of a class's detections stays; only classes move against each other.
    """

    slope: float
    offsets: Float64[np.ndarray, " a"]

    def __post_init__(self) -> None:
        require(
            0 < self.slope < np.inf, f"slope: wanted a positive one, got {self.slope}"
        )
        require(bool(np.isfinite(self.offsets).all()), "offsets: wanted finite numbers")
        freeze(self)

    __repr__ = one_line

    def __call__(self, found: Segments) -> Segments:
        """Give detections their probabilities for scores."""
        offsets = self.offsets[found.labels - BACKGROUND - 1]
        scores = 1 / (1 + np.exp(-(self.slope * found.scores + offsets)))
        return Segments(found.spans_s, found.labels, scores, found.classes)
