"""Where the acting person is: boxes of a data set, for judging heat maps.

Two layouts, both JSON: ours, `{"fps": 5, "videos": {id: [[box or null, action], ...]}}`
with one row for each sampled frame, and rows of `[second, class, x0, y0, x1, y1]` for
each video. Boxes are `x0, y0, x1, y1` in pixels of the upright frame.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True, eq=False)
class ActorBoxes:
    """The acting person's box at some moments of one video, in time order."""

    times_s: Float64[np.ndarray, " b"]
    boxes: Float64[np.ndarray, "b 4"]

    def __post_init__(self) -> None:
        low, high = self.boxes[:, :2], self.boxes[:, 2:]
        if np.any(np.diff(self.times_s) < 0):
            raise ValueError("times_s: wanted time order, got a step back")
        bad = np.flatnonzero(~(low < high).all(axis=1))
        if bad.size:
            found = self.boxes[bad[0]].tolist()
            raise ValueError(f"boxes: wanted x0 < x1 and y0 < y1, got {found}")

    def __len__(self) -> int:
        return len(self.times_s)

    def nearest(
        self, times_s: Float64[np.ndarray, " t"], within_s: float
    ) -> Int64[np.ndarray, " t"]:
        """Give the box nearest in time to each moment, -1 where none is near."""
        if not len(self):
            return np.full(len(times_s), -1, np.int64)
        after = np.searchsorted(self.times_s, times_s).clip(0, len(self) - 1)
        before = (after - 1).clip(0)
        gap_after = np.abs(self.times_s[after] - times_s)
        gap_before = np.abs(self.times_s[before] - times_s)
        found = np.where(gap_before <= gap_after, before, after)
        gap = np.minimum(gap_before, gap_after)
        return np.where(gap <= within_s, found, -1).astype(np.int64)


def read_boxes(path: Path) -> dict[str, ActorBoxes]:
    """Read the boxes of a data set, by video.

    Raises:
        InputError: missing, no JSON, or of another layout.
    """
    value = files.read_json(path)
    try:
        if "videos" in value:
            step_s = 1 / float(value["fps"])
            rows = {v: _sampled(r, step_s) for v, r in value["videos"].items()}
        else:
            rows = {v: _listed(r) for v, r in value.items()}
        return {video: _boxes(list(found)) for video, found in rows.items()}
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise InputError(
            f"no valid boxes ({error})",
            where=path,
            wanted='rows of [box, action] under "videos", or [second, class, box]',
        ) from error


Timed = tuple[float, tuple[float, ...]]


def _sampled(rows: Iterable[Sequence[Any]], step_s: float) -> Iterator[Timed]:
    for number, (box, _) in enumerate(rows):
        if box is not None:
            yield number * step_s, tuple(float(x) for x in box)


def _listed(rows: Iterable[Sequence[Any]]) -> Iterator[Timed]:
    timed = ((float(row[0]), tuple(float(x) for x in row[2:6])) for row in rows)
    yield from sorted(timed)


def _boxes(found: Sequence[Timed]) -> ActorBoxes:
    return ActorBoxes(
        np.array([time for time, _ in found], np.float64),
        np.array([box for _, box in found], np.float64).reshape(-1, 4),
    )
