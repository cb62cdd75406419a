"""A sorted map: frames laid on the sites of a torus so that alike ones are neighbours.

Linear assignment sorting: the map of vectors is blurred, and every frame goes to the
site whose blurred vector is nearest to it, all at once by an optimal assignment. The
blur shrinks from round to round, so the coarse order comes first. Nothing here depends
on the number of threads.
"""

import numpy as np
import torch
from jaxtyping import Float64, Int64
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

SHRINKING = 0.85
"""Of the blur, a round."""
LAST_RADIUS = 0.5
"""In sites; a narrower blur leaves every vector as it is."""
BLOCK = 256
"""Sites assigned at a time: an optimal assignment costs their number cubed. Of more,
each round takes random ones."""


def sorted_sites(
    vectors: Float64[np.ndarray, "n d"],
    sites: tuple[int, int],
    generator: torch.Generator,
) -> Int64[np.ndarray, " n"]:
    """Say which vector lies on each site, sites counted row by row.

    Args:
        vectors: as many as sites.
        sites: rows and columns of the map, a torus.
        generator: of the order to begin with.
    """
    at = _shuffled(len(vectors), generator)
    radius = max(sites) / 2
    while radius >= LAST_RADIUS:
        wanted = _blurred(vectors[at], sites, radius)
        for block in _blocks(len(at), generator):
            cost = cdist(wanted[block], vectors[at[block]], "sqeuclidean")
            at[block] = at[block][linear_sum_assignment(cost)[1]]
        radius *= SHRINKING
    return at


def _blurred(
    laid: Float64[np.ndarray, "n d"], sites: tuple[int, int], radius: float
) -> Float64[np.ndarray, "n d"]:
    """Blur the map around the torus; the radius is two deviations of the Gaussian."""
    grid = laid.reshape(*sites, -1)
    for axis in (0, 1):
        grid = gaussian_filter1d(grid, radius / 2, axis=axis, mode="wrap")
    return grid.reshape(laid.shape)


def _blocks(count: int, generator: torch.Generator) -> list[np.ndarray]:
    """Share sites at random among blocks that an assignment can take."""
    return np.array_split(_shuffled(count, generator), -(-count // BLOCK))


def _shuffled(count: int, generator: torch.Generator) -> np.ndarray:
    return torch.randperm(count, generator=generator).numpy()
