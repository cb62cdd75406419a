"""Whether scores mean what they say: the share of detections that are right, by score.

Scores of our runs are calibrated: the probability that a detection is right at a tIoU
of 0.5. Of any method's, a reliability diagram (Guo et al., ICML 2017) tells how far
they are from that, and the sums of each class whether one threshold means the same for
all of them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.records import BACKGROUND, ClassList

EDGES = np.arange(11) / 10
"""Of the bins that scores are put into; a score of 1 is in the last."""


@dataclass(frozen=True, eq=False)
class Held:
    """Detections of each bin or class at each tIoU; ignored ones are in none.

    Attributes:
        detections: how many.
        expected: how many of them are right by their scores, the sum of these.
        right: how many are.
    """

    detections: Int[np.ndarray, "k b"]
    expected: Float64[np.ndarray, "k b"]
    right: Int[np.ndarray, "k b"]


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far scores are the probability to be right, at each tIoU.

    Attributes:
        by_score: detections in the bins between `EDGES`.
        by_class: of each action class.
        off: expected calibration error, how far score and share lie apart on average
            over detections, in bins; NaN without detections.
        brier: mean square of what a score lacks to 1, of a wrong one to 0.
    """

    by_score: Held
    by_class: Held
    off: Float64[np.ndarray, " k"]
    brier: Float64[np.ndarray, " k"]


def reliability(marks: Marks, classes: ClassList) -> Reliability | None:
    """Compare scores with what became of their detections.

    Returns:
        None where scores are no probabilities: outside of 0 to 1.
    """
    found = marks.found.segments
    if ((found.scores < 0) | (found.scores > 1)).any():
        return None
    bins = np.clip(np.digitize(found.scores, EDGES) - 1, 0, len(EDGES) - 2)
    by_score = _held(marks, bins, len(EDGES) - 1)
    by_class = _held(marks, found.labels - BACKGROUND - 1, len(classes.names))
    counted = by_score.detections.sum(axis=1)
    apart = np.abs(by_score.expected - by_score.right).sum(axis=1)
    lack = np.where(marks.ignored, 0, marks.true - found.scores) ** 2
    brier = _share(lack.sum(axis=1), counted)
    return Reliability(by_score, by_class, _share(apart, counted), brier)


def _held(marks: Marks, places: Int[np.ndarray, " n"], count: int) -> Held:
    scores = marks.found.segments.scores

    def sums(weights: np.ndarray) -> np.ndarray:
        rows = [
            np.bincount(places, weights=row * ~ignored, minlength=count)
            for row, ignored in zip(weights, marks.ignored, strict=True)
        ]
        return np.stack(rows)

    ones = np.ones((len(marks.tiou), len(places)))
    return Held(
        sums(ones).astype(np.int64),
        sums(ones * scores).astype(np.float64),  # of none numpy makes integers
        sums(marks.true).astype(np.int64),
    )


def _share(
    parts: Float64[np.ndarray, " k"], counted: Int[np.ndarray, " k"]
) -> Float64[np.ndarray, " k"]:
    """Divide by how many there are; NaN where there are none."""
    none = np.full(len(parts), np.nan)
    return np.divide(parts, counted, out=none, where=counted > 0)
