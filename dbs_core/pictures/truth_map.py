"""The truth carried to the imprint: the annotation layer."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, UInt16

from dbs_core.method.backprojection.annotation_maps import (
    class_mass,
    frame_labels,
    frame_targets,
    target_map,
)
from dbs_core.pictures.layers import NO_FRAME, CellMap
from dbs_core.records import VideoResult


def truth_shares(result: VideoResult) -> Float32[np.ndarray, "gh gw c"] | None:
    """Give each cell's share of classes by truth, 0 where no frame lies.

    None without truth. The shares are those of purity targets (METHOD section 3).
    """
    if result.truth is None:
        return None
    channels = result.grid.probability.shape[-1]
    labels = frame_labels(result.truth, result.placement.times_s, channels)
    mass = class_mass(result.placement, frame_targets(labels))
    return target_map(mass, result.placement.window, "purity", 0.0)


def truth_maps(
    result: VideoResult, labels: Sequence[int]
) -> tuple[CellMap, ...] | None:
    """Give each class's share of the cells, NaN where no frame lies.

    None without truth.
    """
    shares = truth_shares(result)
    if shares is None:
        return None
    known = shares.sum(axis=-1) > 0
    return tuple(np.where(known, shares[..., label], np.nan) for label in labels)


def truth_labels(result: VideoResult) -> UInt16[np.ndarray, "gh gw"] | None:
    """Give each cell the truth label that holds most of it; None without truth."""
    shares = truth_shares(result)
    if shares is None:
        return None
    found = shares.argmax(axis=-1).astype(np.uint16)
    return np.where(shares.sum(axis=-1) > 0, found, np.uint16(NO_FRAME))
