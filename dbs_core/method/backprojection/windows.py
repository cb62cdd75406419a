"""Windows on the torus: cells they cover, sums over them, outlines to draw. NumPy."""

import numpy as np
from jaxtyping import Float, Int, Int64

from dbs_core.records import Placement


def outlines(
    origin: tuple[int, int], window: tuple[int, int], grid: tuple[int, int]
) -> list[tuple[int, int, int, int]]:
    """Split a window that wraps around into rectangles (row, column, rows, columns)."""
    rows = _pieces(origin[0], window[0], grid[0])
    columns = _pieces(origin[1], window[1], grid[1])
    return [(r, c, h, w) for r, h in rows for c, w in columns]


def _pieces(start: int, length: int, size: int) -> list[tuple[int, int]]:
    first = min(length, size - start)
    rest = min(length, size) - first
    return [(start, first)] + ([(0, rest)] if rest > 0 else [])


def coverage(
    origins: Int[np.ndarray, "t 2"], placement: Placement
) -> Float[np.ndarray, "gh gw"]:
    """Count the frames on each cell when every frame lies at its origin."""
    count = np.zeros(placement.grid)
    rows, columns = origins.T.astype(np.int64)
    np.add.at(count, (rows, columns), 1)
    return window_sum(count, placement.window)


def frame_index(times_s: np.ndarray, time_s: float) -> int:
    """Give the sampled frame shown at a time: the last one not after it."""
    return int(np.clip(np.searchsorted(times_s, time_s + 1e-6, "right") - 1, 0, None))


def window_box(
    grid: Float[np.ndarray, "gh gw *c"], window: tuple[int, int]
) -> Float[np.ndarray, "gh gw *c"]:
    """Sum over the window that starts at each cell (circular)."""
    return _summed(grid, window, -1)


def window_cells(
    placement: Placement, k: int
) -> tuple[Int64[np.ndarray, "t h w"], Int64[np.ndarray, "t h w"]]:
    """Row and column of every cell of each frame's k-th window."""
    (gh, gw), (h, w) = placement.grid, placement.window
    row = (placement.locations[:, k, 0, None].astype(np.int64) + np.arange(h)) % gh
    column = (placement.locations[:, k, 1, None].astype(np.int64) + np.arange(w)) % gw
    return (
        np.repeat(row[:, :, None], w, axis=2),
        np.repeat(column[:, None, :], h, axis=1),
    )


def window_sum(
    origins: Float[np.ndarray, "gh gw *c"], window: tuple[int, int]
) -> Float[np.ndarray, "gh gw *c"]:
    """Spread what stands at window origins over all cells of their windows."""
    return _summed(origins, window, 1)


def _summed(
    grid: Float[np.ndarray, "gh gw *c"], window: tuple[int, int], step: int
) -> Float[np.ndarray, "gh gw *c"]:
    """Add up the grid as it is moved cell by cell over a window, circular."""
    rows = sum(np.roll(grid, step * i, axis=0) for i in range(window[0]))
    return sum(np.roll(rows, step * j, axis=1) for j in range(window[1]))  # type: ignore[return-value]
