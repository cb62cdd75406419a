"""What kind of truth an instance is: length, coverage, instances in the video.

The bins are DETAD's, (low, high], the first closed at both ends: very short (XS) to
very long (XL), or few to many instances of the class in the video.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.marks import Marks

SIZES = ("XS", "S", "M", "L", "XL")

Bins = Mapping[str, tuple[float, ...]]
"""Edges of the bins of each characteristic, rising."""

THUMOS_BINS: Bins = {
    "coverage": (0.0, 0.02, 0.04, 0.06, 0.08, 1.0),
    "length": (0.0, 3.0, 6.0, 12.0, 18.0, np.inf),
    "instances": (-1.0, 1.0, 40.0, 80.0, np.inf),
}
ACTIVITYNET_BINS: Bins = {
    "coverage": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
    "length": (0.0, 30.0, 60.0, 120.0, 180.0, np.inf),
    "instances": (-1.0, 1.0, 4.0, 8.0, np.inf),
}


@dataclass(frozen=True, eq=False)
class Characteristic:
    """The value of every truth and its bin; -1 where it fits none.

    No bin: longer than its video, or a video of unknown duration.
    """

    name: str
    edges: tuple[float, ...]
    value: Float64[np.ndarray, " m"]
    bin: Int[np.ndarray, " m"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The bins' short names, as in DETAD's figures."""
        return SIZES[: len(self.edges) - 1]

    @property
    def ranges(self) -> tuple[str, ...]:
        """The bins in numbers: "3 to 6"."""
        pairs = zip(self.edges[:-1], self.edges[1:], strict=True)
        return tuple(
            f"above {low:g}" if np.isinf(high) else f"{max(low, 0):g} to {high:g}"
            for low, high in pairs
        )


def characteristics(
    marks: Marks, durations_s: Mapping[str, float], bins: Bins = THUMOS_BINS
) -> dict[str, Characteristic]:
    """Give length in seconds, coverage of the video, and instances of each truth.

    Args:
        marks: whose truths are meant.
        durations_s: how long each video is; coverage needs it.
        bins: which of the three, and their edges.
    """
    spans_s = marks.truth.segments.spans_s
    length = spans_s[:, 1] - spans_s[:, 0]
    duration = np.array([durations_s.get(v, np.nan) for v in marks.videos])
    _, group, size = np.unique(
        marks.truth.group, return_inverse=True, return_counts=True
    )
    values = {
        "coverage": length / duration[marks.truth.video],
        "length": length,
        "instances": size[group].astype(np.float64),
    }
    return {
        name: Characteristic(name, edges, values[name], _binned(values[name], edges))
        for name, edges in bins.items()
    }


def _binned(
    value: Float64[np.ndarray, " m"], edges: tuple[float, ...]
) -> Int[np.ndarray, " m"]:
    """Number the bins (low, high], the first one with its low edge; else -1."""
    number = np.searchsorted(edges, value, side="left") - 1
    number[value == edges[0]] = 0
    number[~(value <= edges[-1])] = -1  # NaN too
    return number
