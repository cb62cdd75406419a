"""How far temporal spans overlap, and greedy suppression: the only IoU and NMS.

Spans are `[start, end)` in seconds. Two overlapping spans have a hull (from the
first start to the last end) that equals their union, so THUMOS'14's "intersection
over hull" and ActivityNet's "intersection over union" are one quantity (METHOD
section 8.2). The two kits round it differently in the last bit, which decides
where an overlap equals the threshold; `by="hull"` is the THUMOS kit's rounding.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from dbs_core.records.segments import Segments

Rounding = Literal["sum", "hull"]
NEARLY = 1e-9
"""Rounds what is compared outwards: never less than all that could overlap enough."""

FEW = 16
"""Up to so many neighbours each, the overlap of all is cheaper than one at a time."""

PAIRS = 1 << 20
"""Most pairs of spans whose overlap is worked out in one go."""


def temporal_iou(
    a: Float[np.ndarray, "n 2"], b: Float[np.ndarray, "m 2"], *, by: Rounding = "sum"
) -> Float[np.ndarray, "n m"]:
    """Give the intersection over union of every span of `a` with every span of `b`.

    0 where they only touch, and where a span has no length.
    """
    return _iou(a[:, None, :], b[None, :, :], by)


def paired_iou(
    a: Float[np.ndarray, "n 2"], b: Float[np.ndarray, "n 2"], *, by: Rounding = "sum"
) -> Float[np.ndarray, " n"]:
    """Give the intersection over union of `a[i]` with `b[i]`."""
    return _iou(a, b, by)


def overlaps_any(
    a: Float[np.ndarray, "n 2"], b: Float[np.ndarray, "m 2"]
) -> Bool[np.ndarray, " n"]:
    """Say of each span of `a` whether it shares time with any of `b`.

    Of sorted starts and ends alone, so that it costs no table of pairs.
    """
    begun = np.searchsorted(np.sort(b[:, 0]), a[:, 1], side="left")
    over = np.searchsorted(np.sort(b[:, 1]), a[:, 0], side="right")
    return begun > over


def highest_iou(
    a: Float[np.ndarray, "n 2"], b: Float[np.ndarray, "m 2"]
) -> Float[np.ndarray, " n"]:
    """Give each span of `a` its highest IoU with one of `b`, 0 where there is none.

    A table of pairs at a time that any memory holds.
    """
    step = max(1, PAIRS // max(1, len(b)))
    highest = [
        temporal_iou(a[first : first + step], b).max(axis=1, initial=0.0)
        for first in range(0, len(a), step)
    ]
    return np.concatenate([np.zeros(0), *highest])


def _iou(a: np.ndarray, b: np.ndarray, by: Rounding) -> np.ndarray:
    """Compute it for broadcast spans `[..., 2]`."""
    return _iou_of(a[..., 0], a[..., 1], b[..., 0], b[..., 1], by)


def _iou_of(
    start_a: np.ndarray,
    end_a: np.ndarray,
    start_b: np.ndarray,
    end_b: np.ndarray,
    by: Rounding,
) -> np.ndarray:
    """Compute it for starts and ends that broadcast."""
    shared = np.minimum(end_a, end_b) - np.maximum(start_a, start_b)
    if by == "hull":
        whole = np.maximum(end_a, end_b) - np.minimum(start_a, start_b)
    else:
        # The kit's order of terms: candidate length + own length - intersection.
        whole = (end_b - start_b) + (end_a - start_a) - shared
    return np.divide(shared, whole, out=np.zeros_like(shared), where=shared > 0)


def nms(segments: Segments, threshold: float) -> Int[np.ndarray, " n"]:
    """Suppress, class by class, what overlaps a better segment too much.

    The best score wins, the earlier of two equal scores; every segment of the same
    label whose IoU with a winner exceeds `threshold` (strictly, as in the kits of
    METHOD section 7) is removed by the best such winner.

    Args:
        segments: any number; proposals of label 0 form one class.
        threshold: the highest IoU that two kept segments of a class may have.

    Returns:
        For each segment -1 when it is kept, else the index of its winner.
    """
    suppressed_by = np.full(len(segments), -1, np.int64)
    for label in np.unique(segments.labels):
        index = np.flatnonzero(segments.labels == label)
        order = index[np.argsort(-segments.scores[index], kind="stable")]
        winner = _suppress(segments.spans_s[order], threshold)
        lost = winner >= 0
        suppressed_by[order[lost]] = order[winner[lost]]
    return suppressed_by


def _suppress(spans_s: np.ndarray, threshold: float) -> np.ndarray:
    """Do it for spans of one class, best first; winners are positions.

    Spans whose IoU exceeds t start less than (1 - t) of the longer one's length
    apart, and none is longer than 1 / t of the other: only those are compared.
    """
    winner = np.full(len(spans_s), -1, np.int64)
    rank = np.argsort(spans_s[:, 0], kind="stable")
    start, end = spans_s[rank].T.copy()  # one contiguous array each: twice as fast
    far = (1 - threshold) * (spans_s[:, 1] - spans_s[:, 0]) * (1 + NEARLY) + NEARLY
    first = np.searchsorted(start, spans_s[:, 0] - far / max(threshold, NEARLY))
    last = np.searchsorted(start, spans_s[:, 0] + far, side="right")
    if (last - first).sum() <= FEW * len(rank):
        return _suppress_sparse(spans_s, threshold, rank, first, last)
    place = np.empty(len(rank), np.int64)
    place[rank] = np.arange(len(rank))
    waiting = np.ones(len(rank), bool)
    bounds = zip(place.tolist(), first.tolist(), last.tolist(), strict=True)
    for best, (own, low, high) in enumerate(bounds):
        if not waiting[own]:
            continue
        waiting[own] = False
        one, near = slice(own, own + 1), slice(low, high)
        iou = _iou_of(start[one], end[one], start[near], end[near], "sum")
        beaten = (iou > threshold) & waiting[near]
        if beaten.any():
            winner[rank[near][beaten]] = best
            waiting[near][beaten] = False
    return winner


def _suppress_sparse(
    spans_s: np.ndarray,
    threshold: float,
    rank: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
) -> np.ndarray:
    """Do it where spans have few neighbours each: all pairs that count at once."""
    winner = np.full(len(spans_s), -1, np.int64)
    near = last - first
    better = np.repeat(np.arange(len(spans_s)), near)
    within = np.arange(len(better)) - np.repeat(np.cumsum(near) - near, near)
    worse = rank[within + first[better]]
    later = worse > better
    better, worse = better[later], worse[later]
    beaten = paired_iou(spans_s[better], spans_s[worse]) > threshold
    better, worse = better[beaten], worse[beaten]
    owners, starts = np.unique(better, return_index=True)
    ends = np.searchsorted(better, owners, side="right")
    bounds = zip(owners.tolist(), starts.tolist(), ends.tolist(), strict=True)
    for best, low, high in bounds:
        if winner[best] < 0:
            lost = worse[low:high]
            winner[lost[winner[lost] < 0]] = best
    return winner


__all__ = [
    "Rounding",
    "highest_iou",
    "nms",
    "overlaps_any",
    "paired_iou",
    "temporal_iou",
]
