"""The imprint, where each frame lies on it, and how the EM got there."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int16

from dbs_core.records.checks import MOST_CELLS, check_times, freeze, require
from dbs_core.records.one_line import one_line
from dbs_core.records.stretches import starts


@dataclass(frozen=True, eq=False)
class Imprint:
    """The epitome's means on the torus, and how much of the video lies where.

    `usage` is the expected number of feature cells that fell on each grid cell:
    the window-sum of the posterior over all frames.
    """

    mean: Float32[np.ndarray, "gh gw d"]
    usage: Float32[np.ndarray, "gh gw"]

    def __post_init__(self) -> None:
        freeze(self)

    __repr__ = one_line


@dataclass(frozen=True, eq=False)
class Placement:
    """Where each frame lies on the grid: its posterior, kept sparse.

    `locations[t, 0]` is the frame's most likely window origin (row, column).
    `weights` fall along `k`; their sum is at most 1, what is missing was below
    float precision or beyond the kept number. Unused places have weight 0.
    """

    locations: Int16[np.ndarray, "t k 2"]
    weights: Float32[np.ndarray, "t k"]
    grid: tuple[int, int]
    window: tuple[int, int]
    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    lead_s: float = 0.0
    """How long before its time a frame begins to stand (`stretches`)."""

    def __post_init__(self) -> None:
        check_times(self.times_s, self.duration_s, self.lead_s)
        sides = (*zip(self.window, self.grid, strict=True),)
        require(
            all(1 <= window <= grid <= MOST_CELLS for window, grid in sides),
            f"grid: wanted a grid of at most {MOST_CELLS} cells a side and a window "
            f"in it, got {self.grid} and {self.window}",
        )
        if self.locations.size:
            low, high = self.locations.min(), self.locations.max(axis=(0, 1))
            require(
                low >= 0 and bool(np.all(high < self.grid)),
                f"locations: wanted inside {self.grid}, got {low}..{high.tolist()}",
            )
            total = self.weights.sum(axis=1)
            require(
                bool(np.all((total > 0) & (total < 1 + 1e-3))),
                f"weights: wanted a sum in (0, 1] per frame, got {total.min():g}"
                f"..{total.max():g}",
            )
        freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)

    __repr__ = one_line

    @property
    def starts_s(self) -> Float64[np.ndarray, " t"]:
        """When each frame begins to stand: it does until the next one begins."""
        return starts(self.times_s, self.lead_s)

    @property
    def best(self) -> Int16[np.ndarray, "t 2"]:
        """Each frame's most likely location (row, column): Eq. 7's argmax."""
        return self.locations[:, 0]


@dataclass(frozen=True)
class Arrangement:
    """How a video's frames are laid out on its imprint.

    Attributes:
        nearness: rank correlation of distance on the torus with distance of frames; 1
            where alike frames lie side by side, 0 where place says nothing of
            likeness. None where there is nothing to compare.
        coverage: share of the cells that hold a frame.
        distinct: places that frames lie at, a frame.
        overlap: share of a place's window that it has in common with the nearest
            other, mean over places.
    """

    nearness: float | None
    coverage: float
    distinct: float
    overlap: float

    __repr__ = one_line


@dataclass(frozen=True, eq=False)
class ImprintFit:
    """What the EM gives: imprint, placement, and how it got there.

    `trace[i, t]` is the frame's most likely location after iteration i, for the
    replay in the explorer.
    """

    imprint: Imprint
    placement: Placement
    log_likelihood: Float64[np.ndarray, " steps"]
    trace: Int16[np.ndarray, "steps t 2"]
    converged: bool

    def __post_init__(self) -> None:
        freeze(self)

    __repr__ = one_line
