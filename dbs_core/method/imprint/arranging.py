"""How an imprint is arranged: whether alike frames lie near, and how much is used.

The paper's claim is that likeness becomes nearness. Here it is a number: the rank
correlation, over pairs of frames, of their distance on the torus with the distance of
their features.
"""

import numpy as np
from jaxtyping import Float64, Int64
from scipy.spatial.distance import pdist

from dbs_core.records import Arrangement, Features, Placement, let_go

COMPARED = 300
"""Frames at most whose pairs are looked at, evenly spaced in time."""


def arrangement(features: Features, placement: Placement) -> Arrangement:
    """Measure how a video's frames are laid out, each at its most likely place."""
    best = placement.best.astype(np.int64)
    places = np.unique(best, axis=0)
    return Arrangement(
        _nearness(features, best, placement.grid),
        _coverage(places, placement),
        len(places) / len(best),
        _overlap(places, placement),
    )


def _nearness(
    features: Features, best: Int64[np.ndarray, "t 2"], grid: tuple[int, int]
) -> float | None:
    """Correlate ranks of distances; None where all frames are alike, or in one place.

    Frames are compared as their mean over the picture, in all channels.
    """
    from scipy.stats import spearmanr  # slow to load

    count = min(len(best), COMPARED)
    chosen = np.unique(np.linspace(0, len(best) - 1, count).round().astype(np.int64))
    unlike = pdist(np.stack([_pooled(features, i) for i in chosen.tolist()]))
    apart = _apart(best[chosen], best[chosen], grid)[np.triu_indices(len(chosen), 1)]
    squares = (apart**2).sum(-1)  # in whole numbers: equal distances stay equal
    if not unlike.size or not np.ptp(unlike) or not np.ptp(squares):
        return None
    return float(spearmanr(unlike, squares).statistic)


def _pooled(features: Features, index: int) -> Float64[np.ndarray, " d"]:
    """Average a frame over the picture; its pages are let go, as the EM does."""
    frame = np.array(features.maps[index], np.float64)
    let_go(features.maps)
    return frame.mean((0, 1))


def _apart(
    some: Int64[np.ndarray, "m 2"],
    others: Int64[np.ndarray, "n 2"],
    grid: tuple[int, int],
) -> Int64[np.ndarray, "m n 2"]:
    """Give rows and columns between places, the short way around the torus."""
    difference = some[:, None] - others[None]
    return np.minimum(difference % grid, -difference % grid)


def _coverage(places: Int64[np.ndarray, "n 2"], placement: Placement) -> float:
    (h, w), (gh, gw) = placement.window, placement.grid
    held = np.zeros((gh, gw), bool)
    for row, column in np.ndindex(h, w):
        held[(places[:, 0] + row) % gh, (places[:, 1] + column) % gw] = True
    return float(held.mean())


def _overlap(places: Int64[np.ndarray, "n 2"], placement: Placement) -> float:
    """Give the mean share of a window that it has in common with the nearest other."""
    if len(places) < 2:
        return 0.0
    most = np.zeros(len(places))
    for first in range(0, len(places), COMPARED):
        some = slice(first, first + COMPARED)
        apart = _apart(places[some], places, placement.grid)
        shared = np.maximum(placement.window - apart, 0).prod(-1)
        shared[(apart == 0).all(-1)] = 0  # itself
        most[some] = shared.max(1)
    return float(most.mean() / np.prod(placement.window))
