"""What if the labels of some cells were others? The path from there on, once more.

A painted cell is one class beyond doubt: probability 1 of it, 0 of all others. Frames
that lie on it are scored anew (Eq. 6 or 7, smoothed, as the run does), and found anew.

Not everything hears of it. A temporal head reads what cells look like, not their
labels: its share of the scores and the boundaries that it tells stay as they were. So
do the other stream of a fusion and a run's other members. Nor do cells count that hold
no frame (`mask`).
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dbs_core.method.backprojection.frame_scores import frame_maps
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.settings import Settings
from dbs_core.records import GridScores, VideoResult
from dbs_core.runtime.errors import InputError

Paint = Mapping[tuple[int, int], int]
"""The label that each painted cell (row, column) gets; 0 is background."""


def repaint(
    result: VideoResult, paint: Paint, settings: Settings, *, weight: float = 1.0
) -> VideoResult:
    """Give the result that a video would have with other labels on some cells.

    Frame scores change by what the cells' projection changes by, as far as it has a
    part in them; without paint they are bit for bit those of the result.

    Args:
        result: of one video.
        paint: the cells' new labels.
        settings: of the run.
        weight: share of this imprint in the scores, where streams or members meet.

    Raises:
        InputError: a cell or a label that this video does not have.
    """
    grid = painted_grid(result.grid, paint)
    before = project(result.grid, result.placement, settings)
    change = project(grid, result.placement, settings).probability - before.probability
    change *= np.float32(weight)
    share = np.float32(share_of_labels(result, settings))
    probability = result.frames.probability + share * change
    frames = replace(result.frames, probability=probability)
    projected = result.projected
    if projected is not None:
        projected = replace(projected, probability=projected.probability + change)
    proposals, candidates = localise(
        frames, settings, result.reach_s, result.calibration
    )
    return replace(
        result,
        grid=grid,
        frames=frames,
        projected=projected,
        maps=_maps(result, grid, weight),
        proposals=proposals,
        candidates=candidates,
    )


def painted_grid(grid: GridScores, paint: Paint) -> GridScores:
    """Give the label map with the painted cells.

    Raises:
        InputError: a cell or a label beyond it.
    """
    probability = np.array(grid.probability)
    rows, columns, channels = probability.shape
    for (row, column), label in paint.items():
        if not (0 <= row < rows and 0 <= column < columns):
            raise InputError(
                "no such cell on the imprint",
                wanted=f"a row below {rows} and a column below {columns}",
                got=f"{row}, {column}",
            )
        if not 0 <= label < channels:
            raise InputError(
                "no such class to paint with",
                wanted=f"0 (background) to {channels - 1}",
                got=label,
            )
        probability[row, column] = 0
        probability[row, column, label] = 1
    return GridScores(probability, grid.mask)


def share_of_labels(result: VideoResult, settings: Settings) -> float:
    """Say which share of the frame scores comes from the cells' labels.

    A fused result keeps no scores without head unless all streams had one.
    """
    fused = result.maps is not None
    headed = result.projected is not None or (fused and settings.head.kind != "none")
    return 1 - settings.head.share if headed else 1.0


def _maps(result: VideoResult, grid: GridScores, weight: float) -> np.ndarray | None:
    """Change maps of streams or members by what this imprint's part changes by."""
    if result.maps is None:
        return None
    before, after = (
        frame_maps(one, result.placement, result.projection)
        for one in (result.grid, grid)
    )
    maps = result.maps.astype(np.float32) + np.float32(weight) * (after - before)
    return maps.astype(np.float16)
