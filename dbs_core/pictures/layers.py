"""What the layers of the imprint show beyond the records themselves."""

import numpy as np
from jaxtyping import Float, UInt16

from dbs_core.records import GridScores, Placement

NO_FRAME = 65535
"""In label maps: no frame lies on this cell."""


def segmentation_map(grid: GridScores) -> UInt16[np.ndarray, "gh gw"]:
    """Give each cell's strongest class, 0 for background."""
    found = grid.probability.argmax(axis=-1).astype(np.uint16)
    return np.where(grid.mask, found, np.uint16(NO_FRAME))


def entropy_share(grid: GridScores) -> Float[np.ndarray, "gh gw"]:
    """Entropy of each cell's class scores as a share of the largest possible."""
    probability = grid.probability
    terms = -probability * np.log(np.maximum(probability, 1e-12))
    return terms.sum(axis=-1) / np.log(max(probability.shape[-1], 2))


def score_map(grid: GridScores, label: int) -> Float[np.ndarray, "gh gw"]:
    """Give the probability of a class per cell, NaN where the mask says no frame."""
    return np.where(grid.mask, grid.probability[..., label], np.nan)


def posterior_map(placement: Placement, index: int) -> Float[np.ndarray, "gh gw"]:
    """Spread a frame's kept locations out over the grid, NaN elsewhere."""
    spread = np.zeros(placement.grid)
    rows, columns = placement.locations[index].T.astype(np.int64)
    np.add.at(spread, (rows, columns), placement.weights[index])
    return np.where(spread > 0, spread, np.nan)
