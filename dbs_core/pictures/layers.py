"""What the layers of the imprint show beyond the records themselves."""

import numpy as np
from jaxtyping import Float, Int, UInt16

from dbs_core.method.backprojection.windows import coverage
from dbs_core.records import GridScores, Placement

CellMap = Float[np.ndarray, "gh gw"]
"""One number a cell; NaN where there is nothing to show."""
NO_FRAME = 65535
"""In label maps: no frame lies on this cell."""


def segmentation_map(grid: GridScores) -> UInt16[np.ndarray, "gh gw"]:
    """Give each cell's strongest class, 0 for background."""
    found = grid.probability.argmax(axis=-1).astype(np.uint16)
    return np.where(grid.mask, found, np.uint16(NO_FRAME))


def entropy_share(grid: GridScores) -> CellMap:
    """Entropy of each cell's class scores as a share of the largest possible."""
    probability = grid.probability
    terms = -probability * np.log(np.maximum(probability, 1e-12))
    return terms.sum(axis=-1) / np.log(max(probability.shape[-1], 2))


def score_map(grid: GridScores, label: int) -> CellMap:
    """Give the probability of a class per cell, NaN where the mask says no frame."""
    return np.where(grid.mask, grid.probability[..., label], np.nan)


def posterior_map(placement: Placement, index: int) -> CellMap:
    """Spread a frame's kept locations out over the grid, NaN elsewhere."""
    spread = np.zeros(placement.grid)
    rows, columns = placement.locations[index].T.astype(np.int64)
    np.add.at(spread, (rows, columns), placement.weights[index])
    return np.where(spread > 0, spread, np.nan)


def frames_map(origins: Int[np.ndarray, "t 2"], placement: Placement) -> CellMap:
    """Count the frames on each cell when each lies at its origin, NaN where none."""
    count = coverage(origins, placement)
    return np.where(count > 0, count, np.nan)


def occupied_map(placement: Placement) -> CellMap:
    """Give 1 for each cell with a frame, NaN elsewhere: a quiet ground for a map."""
    return np.where(coverage(placement.best, placement) > 0, 1.0, np.nan)
