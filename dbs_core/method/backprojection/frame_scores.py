"""Grid scores back to frames (METHOD section 5): Eq. 6 soft, Eq. 7 by argmax.

A frame's spatial map is the window of the grid where it lies; its score is the mean
of that map over the cells that hold frames. (PAPER sums 49 cells; a mean ranks the
same and stays a probability.)
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.windows import window_box, window_cells
from dbs_core.records import (
    BackProjection,
    FrameScores,
    GridScores,
    Placement,
    VideoResult,
)


def frame_maps(
    grid: GridScores, placement: Placement, projection: BackProjection = "argmax"
) -> Float32[np.ndarray, "t h w c"]:
    """Give each frame's 7 x 7 score map: Eq. 6 where soft, else Eq. 7."""
    if projection == "argmax":
        return grid.probability[window_cells(placement, 0)]
    maps = np.zeros((len(placement), *placement.window, grid.probability.shape[-1]))
    for k in range(placement.weights.shape[1]):
        weight = placement.weights[:, k, None, None, None]
        maps += weight * grid.probability[window_cells(placement, k)]
    total = placement.weights.sum(axis=1)[:, None, None, None]
    return (maps / total).astype(np.float32)


def maps_of(
    result: VideoResult, labels: Sequence[int] | None = None
) -> Float32[np.ndarray, "t h w c"]:
    """Give the score maps of a result's frames: averaged ones, or those on its grid.

    They are projected as the result's frame scores were: by Eq. 6 where the run's
    `projection` is soft, else by Eq. 7.

    Args:
        result: of one video.
        labels: channels to give, in this order; None for all.
    """
    channels = slice(None) if labels is None else list(labels)
    if result.maps is not None:
        return result.maps[..., channels].astype(np.float32)
    grid = GridScores(result.grid.probability[..., channels], result.grid.mask)
    return frame_maps(grid, result.placement, result.projection)


def to_frames(
    grid: GridScores, placement: Placement, projection: BackProjection = "argmax"
) -> FrameScores:
    """Score each frame: the mean of its map over assigned cells, all 49 if none is."""
    soft = projection == "soft"
    depth = placement.weights.shape[1] if soft else 1
    score = np.zeros((len(placement), grid.probability.shape[-1]))
    total = np.zeros((len(placement), 1))
    means = _window_means(grid, placement.window)
    for k in range(depth):
        weight = placement.weights[:, k, None] if soft else 1.0
        row, column = placement.locations[:, k, 0], placement.locations[:, k, 1]
        score += weight * means[row, column]
        total += weight
    return FrameScores(
        (score / total).astype(np.float32),
        placement.times_s,
        placement.duration_s,
        placement.lead_s,
    )


def _window_means(
    grid: GridScores, window: tuple[int, int]
) -> Float32[np.ndarray, "gh gw c"]:
    """Mean score of the window at every origin, over its assigned cells."""
    mask = grid.mask[..., None].astype(np.float32)
    count = window_box(mask, window)
    assigned = window_box(grid.probability * mask, window)
    whole = window_box(grid.probability, window) / (window[0] * window[1])
    return np.where(count > 0, assigned / np.maximum(count, 1), whole)
