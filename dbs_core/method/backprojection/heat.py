"""Heat maps: where in a frame a class is seen.

Eq. 7's map is the class's score on each cell of the frame's window. It is nearly the
same all over the window, so it says what the frame is of, and its peak is noise. The
map of the place weighs it by where, in the moments around, the class was seen and the
frame was unusual (`unusual.py` in features): one frame's unusual places are many, the
actor's stay. Both are scores of the class, on one scale.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from scipy.ndimage import gaussian_filter1d

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.features.unusual import spread
from dbs_core.records import VideoResult

Heat = Literal["place", "score"]
"""The class's score where the class is, or the bare score (Eq. 7)."""
WORDS = {
    "place": "Where it happens: the class's score, weighted by where it is",
    "score": "The class's score alone (Eq. 7)",
}
AROUND_S = 0.8
"""Standard deviation in time of the moments that say where the class is. Chosen on
boxes of training videos; 1.6 s are 2 points better there, but actors are faster."""
REACH = 3
"""Standard deviations beyond which moments count no more."""


def kinds_of(result: VideoResult) -> tuple[Heat, ...]:
    """List the maps that a result has, the one to show first.

    Results of earlier versions, and of features without a place, have the bare score.
    """
    return ("score",) if result.unusual is None else ("place", "score")


def heat_maps(
    result: VideoResult, label: int, kind: Heat = "place"
) -> Float32[np.ndarray, "t h w"]:
    """Give all frames' maps of a class; the bare score where there is no other."""
    maps = maps_of(result, (label,))[..., 0]
    if kind == "score" or result.unusual is None:
        return maps
    return placed(maps, result.unusual, result.placement.times_s)


def heat_map(
    result: VideoResult, index: int, label: int, kind: Heat = "place"
) -> Float32[np.ndarray, "h w"]:
    """Give one frame's map of a class; the bare score where there is no other."""
    maps, times_s = maps_of(result, (label,))[..., 0], result.placement.times_s
    if kind == "score" or result.unusual is None:
        return maps[index]
    reach = _reach(samples_around(times_s))
    first, end = max(index - reach, 0), index + reach + 1
    near = maps[first:end], result.unusual[first:end], times_s
    return placed(*near)[index - first]


def placed(
    maps: Float32[np.ndarray, "t h w"],
    unusual: UInt8[np.ndarray, "t tall wide"],
    times_s: Float64[np.ndarray, " n"],
) -> Float32[np.ndarray, "t tall wide"]:
    """Weigh a class's score maps of successive frames by where it is.

    Args:
        maps: the class's scores.
        unusual: where each frame is unusual, 255 where most.
        times_s: of the samples of the whole video: how far they lie apart.

    Returns:
        Scores, times a weight of 1 in each frame's likeliest place.
    """
    scores = spread(maps.astype(np.float32), (unusual.shape[1], unusual.shape[2]))
    samples = samples_around(times_s)
    place = gaussian_filter1d(
        scores * unusual, samples, axis=0, mode="constant", radius=_reach(samples)
    )
    top = place.max(axis=(1, 2), keepdims=True, initial=0)
    return scores * place / np.where(top > 0, top, 1)


def samples_around(times_s: Float64[np.ndarray, " n"]) -> float:
    """Give how many samples around, one standard deviation, say where a class is."""
    apart = (times_s[-1] - times_s[0]) / (len(times_s) - 1) if len(times_s) > 1 else 0
    return AROUND_S / apart if apart > 0 else 1.0


def _reach(samples: float) -> int:
    return round(REACH * samples)
