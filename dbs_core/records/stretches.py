"""Which stretch of time a sample stands for: from its start to the next one's.

A frame of a video stands from its own time on. A row of features made elsewhere is the
middle of its clip, so that it starts to stand `lead_s` before: half a step.
"""

import numpy as np
from jaxtyping import Float64


def starts(times_s: Float64[np.ndarray, " t"], lead_s: float) -> np.ndarray:
    """Give the start of each sample's stretch: never before the middle of a gap.

    Where samples are one step apart and lead by half of it, these are the middles.
    """
    if not lead_s or not len(times_s):
        return times_s
    gap = np.diff(times_s, prepend=-np.inf)
    return np.maximum(times_s - np.minimum(lead_s, gap / 2), 0.0)
