"""A little smoothing of frame scores in time, before anything is grouped or cut."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from dbs_core.records import FrameScores


def smooth(scores: FrameScores, samples: float) -> FrameScores:
    """Filter every class's curve with a Gaussian (ours; reflecting ends).

    Args:
        scores: frame scores.
        samples: standard deviation in sampled frames; 0 leaves them alone.
    """
    if samples == 0 or not len(scores):
        return scores
    curves = gaussian_filter1d(scores.probability.astype(np.float64), samples, axis=0)
    return FrameScores(curves.astype(np.float32), scores.times_s, scores.duration_s)
