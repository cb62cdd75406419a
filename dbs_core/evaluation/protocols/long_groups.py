"""Matching within one large group: many spans of one class in one video.

Such a group chooses span by span, but only among targets that overlap at all: two
sorted lists say which, so that spans side by side cost next to nothing.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from dbs_core.records.overlap import Rounding, paired_iou

LONG = 1000
"""Drivers of a group from which on it is matched by itself."""
DRIVERS, PAIRS = 1024, 1 << 20
"""Most drivers, and most pairs of spans, that are looked at in one go."""


def match_one_group(
    drivers_s: Float[np.ndarray, "n 2"],
    targets_s: Float[np.ndarray, "m 2"],
    tiou: Float[np.ndarray, " k"],
    *,
    strict: bool,
    tie: Literal["first", "last"],
    rounding: Rounding,
) -> Int[np.ndarray, "k n"]:
    """Let each driver take its best free target; as `matching.match_greedily`."""
    found = np.full((len(tiou), len(drivers_s)), -1, np.int64)
    free = np.ones((len(tiou), len(targets_s)), bool)
    order = np.argsort(targets_s[:, 0], kind="stable")
    sorted_s = targets_s[order]
    # Ends never fall along this list, so it can be searched as well.
    end = np.maximum.accumulate(sorted_s[:, 1])
    low = np.searchsorted(end, drivers_s[:, 0], side="right")
    high = np.searchsorted(sorted_s[:, 0], drivers_s[:, 1], side="left")
    near = np.maximum(high - low, 0)
    for here in _portions(near):
        sizes = near[here]
        shift = low[here] - (np.cumsum(sizes) - sizes)
        target = np.arange(sizes.sum()) + np.repeat(shift, sizes)
        driver = np.repeat(np.arange(here.start, here.stop), sizes)
        iou = paired_iou(drivers_s[driver], sorted_s[target], by=rounding)
        own = [
            (d, slice(low[d], high[d]), slice(low[d] - s, high[d] - s))
            for d, s in zip(range(here.start, here.stop), shift.tolist(), strict=True)
        ]
        for level, threshold in enumerate(tiou):
            reaches = iou > threshold if strict else iou >= threshold
            hopeful = _distinct(driver[reaches & free[level, target]]) - here.start
            for d, there, pairs in (own[i] for i in hopeful.tolist()):
                allowed = reaches[pairs] & free[level, there]
                best = _best(iou[pairs], allowed, order[there], tie)
                if best >= 0:
                    found[level, d] = order[there][best]
                    free[level, there.start + best] = False
    return found


def _portions(sizes: Int[np.ndarray, " n"]) -> list[slice]:
    """Cut drivers in their order into portions of so few drivers and pairs."""
    ends = np.cumsum(sizes)
    portions, first = [], 0
    while first < len(sizes):
        before = ends[first] - sizes[first]
        last = int(np.searchsorted(ends, before + PAIRS, side="right"))
        last = min(max(last, first + 1), first + DRIVERS)
        portions.append(slice(first, last))
        first = last
    return portions


def _distinct(sorted_numbers: Int[np.ndarray, " p"]) -> Int[np.ndarray, " n"]:
    """Give each of a rising list of numbers once."""
    return sorted_numbers[np.diff(sorted_numbers, prepend=-1) > 0]


def _best(
    iou: Float[np.ndarray, " p"],
    allowed: Bool[np.ndarray, " p"],
    order: Int[np.ndarray, " p"],
    tie: Literal["first", "last"],
) -> int:
    """Give the place of the allowed target of highest IoU, or -1."""
    value = np.where(allowed, iou, -1.0)
    top = value.max()
    if top < 0:
        return -1
    best = np.flatnonzero(value == top)
    first = tie == "first"
    return int(best[order[best].argmin() if first else order[best].argmax()])
