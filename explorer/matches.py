"""Which detection found which truth, for the marks of the timeline."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from dbs_core.records import Segments

TIOU = 0.5


@dataclass(frozen=True, eq=False)
class Matches:
    """For each detection its truth (-1: none) and best overlap; and the reverse."""

    truth: Int[np.ndarray, " n"]
    overlap: Float[np.ndarray, " n"]
    found_by: Int[np.ndarray, " m"]


def match(found: Segments, truth: Segments, tiou: float = TIOU) -> Matches:
    """Match each detection, the best first, to the free truth it overlaps most."""
    of_truth = np.full(len(found), -1)
    overlap = np.zeros(len(found))
    found_by = np.full(len(truth), -1)
    for i in np.argsort(-found.scores, kind="stable"):
        iou = _overlaps(found.spans_s[i], truth.spans_s) * (
            truth.labels == found.labels[i]
        )
        overlap[i] = iou.max(initial=0.0)
        free = np.where(found_by < 0, iou, 0.0)
        if len(free) and free.max() >= tiou:
            of_truth[i] = int(free.argmax())
            found_by[of_truth[i]] = i
    return Matches(of_truth, overlap, found_by)


def _overlaps(span: np.ndarray, others: np.ndarray) -> np.ndarray:
    low = np.maximum(span[0], others[:, 0])
    high = np.minimum(span[1], others[:, 1])
    both = np.clip(high - low, 0, None)
    either = (span[1] - span[0]) + (others[:, 1] - others[:, 0]) - both
    return both / either
