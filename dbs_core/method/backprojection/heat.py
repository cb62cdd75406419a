"""Heat maps: where in a frame a class is seen.

Eq. 7's map is the class's score on each cell of the frame's window. It is nearly the
same all over the window, so it says what the frame is of, and its peak is noise. The
map of the place weighs it by where the frame is unusual (`unusual.py` in features),
which says where, and not what. Both are scores of the class, on one scale.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.features.unusual import spread
from dbs_core.records import VideoResult

Heat = Literal["place", "score"]
"""The class's score where the frame is unusual, or the bare score (Eq. 7)."""
WORDS = {
    "place": "Where it happens: the class's score, weighted by what is unusual there",
    "score": "The class's score alone (Eq. 7)",
}


def kinds_of(result: VideoResult) -> tuple[Heat, ...]:
    """List the maps that a result has, the one to show first.

    Results of earlier versions, and of features without a place, have the bare score.
    """
    return ("score",) if result.unusual is None else ("place", "score")


def heat_maps(
    result: VideoResult, label: int, kind: Heat = "place"
) -> Float32[np.ndarray, "t h w"]:
    """Give all frames' maps of a class; the bare score where there is no other."""
    return weighted(result, maps_of(result, (label,))[..., 0], kind)


def heat_map(
    result: VideoResult, index: int, label: int, kind: Heat = "place"
) -> Float32[np.ndarray, "h w"]:
    """Give one frame's map of a class; the bare score where there is no other."""
    maps = maps_of(result, (label,))[index : index + 1, :, :, 0]
    return weighted(result, maps, kind, index)[0]


def weighted(
    result: VideoResult,
    maps: Float32[np.ndarray, "n h w"],
    kind: Heat = "place",
    first: int = 0,
) -> Float32[np.ndarray, "n tall wide"]:
    """Weigh score maps of successive frames, from the `first` on, by the place."""
    if kind == "score" or result.unusual is None:
        return maps
    return placed(maps, result.unusual[first : first + len(maps)])


def placed(
    maps: Float32[np.ndarray, "n h w"], place: UInt8[np.ndarray, "n tall wide"]
) -> Float32[np.ndarray, "n tall wide"]:
    """Weigh maps by where their frames are unusual."""
    size = place.shape[1], place.shape[2]
    return spread(maps.astype(np.float32), size) * (place / np.float32(255))
