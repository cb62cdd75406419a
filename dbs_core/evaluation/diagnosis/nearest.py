"""Which truth a detection lies nearest to, and how near any came to each truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.records.overlap import PAIRS, paired_iou


@dataclass(frozen=True, eq=False)
class Nearest:
    """The truth of its video that each detection overlaps most, whatever its class.

    `truth[i]` indexes the marks' truths, -1 in a video without; of truths overlapped
    equally one of the detection's own class is taken, else the first. `iou[i]` is the
    overlap. `reached[j]` is the highest overlap of truth j with a detection of its own
    class, 0 where there is none.
    """

    truth: Int[np.ndarray, " n"]
    iou: Float64[np.ndarray, " n"]
    reached: Float64[np.ndarray, " m"]


def nearest_truths(marks: Marks) -> Nearest:
    """Compare every detection with every truth of its video, some pairs at a time."""
    found, truth = marks.found, marks.truth
    nearest = np.full(len(found), -1, np.int64)
    iou, reached = np.zeros(len(found)), np.zeros(len(truth))
    first = np.searchsorted(truth.video, found.video, side="left")
    count = np.searchsorted(truth.video, found.video, side="right") - first
    for detections in _parts(count):
        sizes = count[detections]
        starts = np.cumsum(sizes) - sizes
        one = np.repeat(detections, sizes)
        other = first[one] + np.arange(len(one)) - np.repeat(starts, sizes)
        overlap = paired_iou(truth.segments.spans_s[other], found.segments.spans_s[one])
        alike = truth.segments.labels[other] == found.segments.labels[one]
        np.maximum.at(reached, other[alike], overlap[alike])
        highest = np.maximum.reduceat(overlap, starts)
        # Of equal overlaps the own class, of equal classes the first.
        rank = np.where(overlap == np.repeat(highest, sizes), 1 + alike, 0)
        best = rank == np.repeat(np.maximum.reduceat(rank, starts), sizes)
        place = np.where(best, other, len(truth))
        nearest[detections] = np.minimum.reduceat(place, starts)
        iou[detections] = highest
    return Nearest(nearest, iou, reached)


def _parts(count: Int[np.ndarray, " n"]) -> Iterator[Int[np.ndarray, " p"]]:
    """Give the detections whose video has truth, few enough pairs at a time."""
    some = np.flatnonzero(count)
    part = np.cumsum(count[some]) // PAIRS
    edges = np.flatnonzero(np.diff(part)) + 1
    yield from (p for p in np.split(some, edges) if len(p))


__all__ = ["Nearest", "nearest_truths"]
