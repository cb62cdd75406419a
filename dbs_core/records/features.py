"""Feature maps of the sampled frames, and what the frames look like small."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.records.checks import check_times, freeze
from dbs_core.records.one_line import one_line
from dbs_core.records.packed_maps import Maps


@dataclass(frozen=True, eq=False)
class Features:
    """Feature maps of one video's sampled frames, perhaps mapped from a file."""

    maps: Maps
    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    lead_s: float = 0.0
    """How long before its time a sample begins to stand (`stretches`)."""

    def __post_init__(self) -> None:
        check_times(self.times_s, self.duration_s, self.lead_s)
        freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)

    __repr__ = one_line


@dataclass(frozen=True, eq=False)
class SampledVideo:
    """Features of a video and what its frames look like, None where it is not there.

    `fine` says where each frame is unusual to a finer map of the network than the one
    that features are of (`dbs_core/method/features/unusual.py`); None where no network
    with such a map made them.
    """

    features: Features
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"] | None
    fine: UInt8[np.ndarray, "t tall wide"] | None = None

    __repr__ = one_line
