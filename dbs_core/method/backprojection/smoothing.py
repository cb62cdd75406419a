"""A little smoothing of frame scores in time, before anything is grouped or cut."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64
from scipy.fft import dct, idct
from scipy.ndimage import gaussian_filter1d

from dbs_core.records import FrameScores

FAINTEST = 1000.0
"""Times that what is kept may be strengthened: its rounding of 32 bits grows with it,
here to 6e-5 at most."""


def smooth(scores: FrameScores, samples: float) -> FrameScores:
    """Filter every class's curve with a Gaussian (ours; reflecting ends).

    Args:
        scores: frame scores.
        samples: standard deviation in sampled frames; 0 leaves them alone.
    """
    if samples == 0 or not len(scores):
        return scores
    curves = gaussian_filter1d(scores.probability.astype(np.float64), samples, axis=0)
    return replace(scores, probability=curves.astype(np.float32))


def smooth_otherwise(scores: FrameScores, before: float, after: float) -> FrameScores:
    """Give what another smoothing would have made of the scores behind smoothed ones.

    As exactly as they are kept, as far as `is_told` says that enough is left.
    """
    if before == after or not len(scores):
        return scores
    curves = exchange(scores.probability.astype(np.float64), before, after)
    return replace(scores, probability=curves.astype(np.float32))


def exchange(
    curves: Float64[np.ndarray, "t c"], before: float, after: float
) -> Float64[np.ndarray, "t c"]:
    """Take one smoothing of curves back and put another on.

    A symmetric filter with reflecting ends weakens each cosine of a curve by a factor
    of its own (the DCT-II).
    """
    if before == after or not len(curves):
        return curves
    gain = _response(len(curves), after) / _response(len(curves), before)
    return idct(dct(curves, axis=0) * gain[:, None], axis=0)


def is_told(count: int, before: float, after: float) -> bool:
    """Say whether smoothed curves of so many frames still tell what they were."""
    if before == after or not count:
        return True
    one, other = (np.abs(_response(count, samples)) for samples in (before, after))
    return bool((other <= FAINTEST * one).all())


def _response(count: int, samples: float) -> Float64[np.ndarray, " t"]:
    """Give by how much `smooth` weakens each cosine of a curve of so many frames."""
    if samples == 0:
        return np.ones(count)
    impulse = np.zeros(2 * int(4 * samples + 0.5) + 1)  # as far as the filter reaches
    reach = len(impulse) // 2
    impulse[reach] = 1
    weights = gaussian_filter1d(impulse, samples, mode="constant")
    waves = np.pi * np.arange(count) / count
    return np.cos(np.outer(waves, np.arange(-reach, reach + 1))) @ weights
