"""The EM step by step: how many frames lay where after each iteration."""

from dataclasses import dataclass

import numpy as np

from dbs_core.method.backprojection.windows import coverage
from dbs_core.pictures.layers import CellMap, frames_map
from dbs_core.records import VideoResult

STEPS_SHOWN = 24
"""A long trace is thinned out, so that a figure of it stays light."""


@dataclass(frozen=True, eq=False)
class Replay:
    """The iterations shown (from 0), each with its map of frames a cell.

    `origins` is where one frame lay after each, (row, column); `top` is where a colour
    scale may end: few cells hold more frames.
    """

    steps: tuple[int, ...]
    maps: tuple[CellMap, ...]
    origins: tuple[tuple[int, int], ...]
    top: float


def replay(result: VideoResult, index: int) -> Replay:
    """Follow all frames, and the one of an index, through the EM."""
    steps, trace = shown_steps(len(result.trace)), result.trace
    counts = [coverage(trace[i], result.placement) for i in steps]
    return Replay(
        steps,
        tuple(frames_map(trace[i], result.placement) for i in steps),
        tuple((int(trace[i, index, 0]), int(trace[i, index, 1])) for i in steps),
        float(np.percentile(np.stack(counts), 99.5)) if counts else 1.0,
    )


def shown_steps(steps: int) -> tuple[int, ...]:
    """Choose the iterations to show: all, or evenly spaced ones with both ends."""
    count = min(steps, STEPS_SHOWN)
    places = {round(x) for x in np.linspace(0, steps - 1, count)} if steps else set()
    return tuple(sorted(places))
