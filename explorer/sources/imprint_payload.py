"""What of an imprint goes to the player, where a video has one.

By Eq. 7 the map of a frame is the window of the grid scores at the frame's most
likely location. So the grid scores as bytes, one location a frame and the frame
scores are enough to draw everything while playing, without the server. Maps that are
no window of the grid go along as the engine gives them: those of Eq. 6, where the run
projects softly, and averages over streams or members. Heat maps weigh the class's score
by where frames around are unusual, which goes along too, where the result knows it.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int, UInt8, UInt16

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.backprojection.heat import samples_around
from dbs_core.pictures.layers import entropy_share, segmentation_map
from dbs_core.pictures.truth_map import truth_labels
from dbs_core.records import BACKGROUND, Placement, VideoResult


def imprint_header(result: VideoResult) -> dict[str, object]:
    """Say how large the imprint and its windows are, and which part windows see.

    And how much nearness on it says of likeness, None where that is not known; how many
    samples around a frame say where a class is.
    """
    box, arranged = result.geometry, result.arrangement
    place = result.unusual
    return {
        "around": samples_around(result.placement.times_s),
        "unusualCells": None if place is None else list(place.shape[1:]),
        "box": [box.x0, box.y0, box.x1, box.y1],
        "cells": list(result.placement.grid),
        "window": list(result.placement.window),
        "nearness": arranged.nearness if arranged else None,
    }


def imprint_arrays(result: VideoResult, labels: Sequence[int]) -> dict[str, np.ndarray]:
    """Give what the imprint's layers, heat maps and curves are drawn from.

    Channels are background and the labels, in this order.
    """
    placement, wanted = result.placement, [BACKGROUND, *labels]
    starts, cells, weights = sparse_posterior(placement)
    arrays = {
        "best": flat_cells(placement.best, placement.grid),
        "posteriorStart": starts,
        "posteriorCell": cells,
        "posteriorWeight": weights,
        "grid": _bytes(result.grid.probability[..., wanted]),
        "scores": _words(result.frames.probability[:, wanted]),
        "mask": result.grid.mask.astype(np.uint8),
        "usage": result.usage.astype(np.float32),
        "segmentation": segmentation_map(result.grid),
        "entropy": _bytes(entropy_share(result.grid)),
    }
    annotation = truth_labels(result)
    if annotation is not None:
        arrays["annotation"] = annotation
    if result.unusual is not None:
        arrays["unusual"] = result.unusual
    if result.maps is not None or result.projection == "soft":
        arrays["maps"] = _bytes(maps_of(result, wanted))
    return arrays


def flat_cells(
    locations: Int[np.ndarray, "*n 2"], grid: tuple[int, int]
) -> UInt16[np.ndarray, "*n"]:
    """Number the cells of a grid row by row."""
    places = locations.astype(np.int64)
    return (places[..., 0] * grid[1] + places[..., 1]).astype(np.uint16)


def sparse_posterior(
    placement: Placement,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keep the locations that weigh at least 1/255: starts [t+1], cells, weights."""
    weights = _bytes(placement.weights)
    kept = weights > 0
    starts = np.concatenate([[0], kept.sum(axis=1).cumsum()]).astype(np.uint32)
    cells = flat_cells(placement.locations, placement.grid)
    return starts, cells[kept], weights[kept]


def _bytes(share: np.ndarray) -> UInt8[np.ndarray, "..."]:
    return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _words(share: np.ndarray) -> UInt16[np.ndarray, "..."]:
    return np.rint(np.clip(share, 0, 1) * 65535).astype(np.uint16)
