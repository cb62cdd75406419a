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
    return nms_within(segments, segments.labels, threshold)


def nms_within(
    segments: Segments, group: Int[np.ndarray, " n"], threshold: float
) -> Int[np.ndarray, " n"]:
    """Do it within each group instead of each class: of many videos at once.

    Spans whose IoU exceeds t start less than (1 - t) of the longer one's length
    apart, and none is longer than 1 / t of the other: only those are compared.
    """
    order = np.lexsort((-segments.scores, group))
    spans_s = segments.spans_s[order]
    _, starts, sizes = np.unique(group[order], return_index=True, return_counts=True)
    ends = starts + sizes
    rank, first, last = _neighbours(spans_s, starts, sizes, threshold)
    winner = np.full(len(spans_s), -1, np.int64)
    near = np.concatenate([[0], np.cumsum(last - first)])
    few = near[ends] - near[starts] <= FEW * sizes
    sparse = np.flatnonzero(np.repeat(few, sizes))
    _suppress_sparse(spans_s, threshold, sparse, rank, first, last, winner)
    for start, end in zip(starts[~few].tolist(), ends[~few].tolist(), strict=True):
        here = slice(start, end)
        bounds = rank[here] - start, first[here] - start, last[here] - start
        lost = _suppress_dense(spans_s[here], threshold, *bounds)
        winner[here] = np.where(lost < 0, -1, start + lost)
    suppressed_by = np.full(len(segments), -1, np.int64)
    lost = winner >= 0
    suppressed_by[order[lost]] = order[winner[lost]]
    return suppressed_by


def _neighbours(
    spans_s: np.ndarray, starts: np.ndarray, sizes: np.ndarray, threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the order by start within each group, and where in it a span's like lie.

    One search for all groups: their times are moved apart for it. What that rounds is
    allowed for; overlaps are worked out of the times as they are.
    """
    if not len(spans_s):
        return (np.zeros(0, np.int64),) * 3
    start, length = spans_s[:, 0], spans_s[:, 1] - spans_s[:, 0]
    least = np.minimum.reduceat(start, starts)
    width = np.maximum.reduceat(start, starts) - least
    moved = start + np.repeat(np.cumsum(width + 1) - width - least, sizes)
    slack = NEARLY * max(1.0, float(moved.max()), float(np.abs(start).max()))
    rank = np.argsort(moved, kind="stable")
    far = (1 - threshold) * length * (1 + NEARLY) + slack
    first = np.searchsorted(moved[rank], moved - far / max(threshold, NEARLY))
    last = np.searchsorted(moved[rank], moved + far, side="right")
    low, high = np.repeat(starts, sizes), np.repeat(starts + sizes, sizes)
    return rank, np.maximum(first, low), np.minimum(last, high)


def _suppress_dense(
    spans_s: np.ndarray,
    threshold: float,
    rank: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
) -> np.ndarray:
    """Do it for one group, best first, one span after the other; give the winners."""
    winner = np.full(len(spans_s), -1, np.int64)
    start, end = spans_s[rank].T.copy()  # one contiguous array each: twice as fast
    length = end - start
    place = np.empty(len(rank), np.int64)
    place[rank] = np.arange(len(rank))
    waiting = np.ones(len(rank), bool)
    shared, whole = np.empty_like(start), np.empty_like(start)
    spans = zip(start[place].tolist(), end[place].tolist(), strict=True)
    bounds = zip(place.tolist(), first.tolist(), last.tolist(), spans, strict=True)
    for best, (own, low, high, (begins, ends)) in enumerate(bounds):
        if not waiting[own]:
            continue
        waiting[own] = False
        here = waiting[low:high]
        # IoU by the sum, in its order of terms; two points that meet share nothing.
        common = np.minimum(end[low:high], ends, out=shared[low:high])
        common -= np.maximum(start[low:high], begins, out=whole[low:high])
        union = np.add(length[low:high], ends - begins, out=whole[low:high])
        union -= common
        union[union == 0] = 1
        common /= union
        beaten = common > threshold
        beaten &= here
        lost = beaten.nonzero()[0]
        if len(lost):
            winner[rank[low:high][lost]] = best
            here[lost] = False
    return winner


def _suppress_sparse(
    spans_s: np.ndarray,
    threshold: float,
    which: np.ndarray,
    rank: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    winner: np.ndarray,
) -> None:
    """Do it for spans with few neighbours each, all pairs at once; fill in winners."""
    near = (last - first)[which]
    better = np.repeat(which, near)
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


__all__ = [
    "Rounding",
    "highest_iou",
    "nms",
    "nms_within",
    "overlaps_any",
    "paired_iou",
    "temporal_iou",
]
