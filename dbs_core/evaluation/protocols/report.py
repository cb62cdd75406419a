"""What an evaluation says: AP of each class and threshold, and by which rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation, average_precision
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True, eq=False)
class Report:
    """Average precision by threshold and class, as fractions of 1.

    Column i of `average_precision` and of `positives` is class `classes.names[i]`
    (label i + 1). A class without truth has NaN and is left out of the mean; a
    class with truth and without detections has 0. `rules` and `notes` say in words
    what was evaluated and what is odd about it.
    """

    protocol: str
    classes: ClassList
    tiou: Float64[np.ndarray, " k"]
    average_precision: Float64[np.ndarray, "k a"]
    positives: Int[np.ndarray, " a"]
    detections: Int[np.ndarray, " a"]
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mean(self) -> Float64[np.ndarray, " k"]:
        """The mAP at each threshold, over the classes with truth; NaN without any."""
        return mean_of_classes(self.average_precision, self.positives)

    @property
    def average(self) -> float:
        """The mean of the mAP over all thresholds."""
        return float(self.mean.mean())

    def to_json(self) -> dict[str, object]:
        """Give percentages, unrounded; null where there is no truth to judge by.

        `{"map": {"0.5": 0.0, ...}, "average": 0.0, "per_class": {class: {"0.5":
        0.0, ...}}}` and the rules.
        """
        names = [threshold_name(t) for t in self.tiou]
        return {
            "protocol": self.protocol,
            "map": dict(zip(names, map(percent, self.mean), strict=True)),
            "average": percent(self.average),
            "per_class": {
                name: dict(zip(names, map(percent, column), strict=True))
                for name, column in zip(
                    self.classes.names, self.average_precision.T, strict=True
                )
            },
            "positives": dict(
                zip(self.classes.names, self.positives.tolist(), strict=True)
            ),
            "rules": list(self.rules),
            "notes": list(self.notes),
        }


def report(
    marks: Marks,
    classes: ClassList,
    *,
    protocol: str,
    interpolation: Interpolation,
    rules: Sequence[str] = (),
) -> Report:
    """Turn marks into AP of each class.

    Raises:
        InputError: a detection or truth of a class that is not in the list.
    """
    for spans, what in ((marks.found, "detection"), (marks.truth, "truth")):
        _check_labels(what, spans.segments.labels, len(classes))
    ap = class_precision(marks, classes, interpolation)
    positives = count_labels(marks.truth.segments.labels, len(classes))
    return Report(
        protocol,
        classes,
        marks.tiou,
        ap,
        positives,
        count_labels(marks.found.segments.labels, len(classes)),
        tuple(rules),
        without_truth(classes, positives),
    )


@dataclass(frozen=True, eq=False)
class Counted:
    """Which hits, false alarms and truths count: all of the marks, or some.

    What is neither in `true` nor in `false` is passed over. `expected` is the number
    of truths a class is taken to have (normalised AP), None for its own.
    """

    true: Bool[np.ndarray, "k n"]
    false: Bool[np.ndarray, "k n"]
    positives: Int[np.ndarray, " a"]
    expected: float | None = None


def class_precision(
    marks: Marks,
    classes: ClassList,
    interpolation: Interpolation,
    counted: Counted | None = None,
) -> Float64[np.ndarray, "k a"]:
    """Give the AP of each class at each threshold; NaN for a class without truth."""
    if counted is None:
        labels = marks.truth.segments.labels
        counted = Counted(marks.true, marks.false, count_labels(labels, len(classes)))
    ap = np.full((len(marks.tiou), len(classes)), np.nan)
    for label, ranked in by_class(marks, len(classes)):
        order = order_of_ties(marks, ranked, interpolation)
        ap[:, label - 1] = average_precision(
            _in_order(counted.true, order).astype(np.float64),
            _in_order(counted.false, order).astype(np.float64),
            np.full(len(order), float(counted.positives[label - 1])),
            interpolation,
            counted.expected,
        )
    return ap


def _in_order(
    marked: Bool[np.ndarray, "k n"], order: Int[np.ndarray, "k p"]
) -> Bool[np.ndarray, "k p"]:
    """Take the marks of each threshold in its order; most often it is the same one."""
    if len(order) and not order.strides[0]:
        return marked.take(order[0], axis=1)
    return np.take_along_axis(marked, order, axis=1)


def mean_of_classes(
    ap: Float64[np.ndarray, "k a"], positives: Int[np.ndarray, " a"]
) -> Float64[np.ndarray, " k"]:
    """Give mAP: the mean over the classes with truth, NaN without any."""
    present = ap[:, positives > 0]
    return present.mean(axis=1) if present.shape[1] else np.full(len(ap), np.nan)


def order_of_ties(
    marks: Marks, ranked: Int[np.ndarray, " n"], interpolation: Interpolation
) -> Int[np.ndarray, "k n"]:
    """Give the ranked detections at each threshold, equal scores as the kit has them.

    The kit of 2014, the one with 11 points, lists all hits before all false alarms
    and then sorts; the others keep the ranking.
    """
    every = np.broadcast_to(ranked, (len(marks.tiou), len(ranked)))
    if interpolation != "11-point":
        return every
    scores = np.broadcast_to(-marks.found.segments.scores[ranked], every.shape)
    hits_first = np.lexsort((~marks.true[:, ranked], scores), axis=1)
    return np.take_along_axis(every, hits_first, axis=1)


def by_class(marks: Marks, classes: int) -> list[tuple[int, np.ndarray]]:
    """Give each label with its detections, best first."""
    labels, order = marks.by_label
    edges = np.searchsorted(labels, np.arange(1, classes + 2))
    return [
        (label, order[edges[label - 1] : edges[label]])
        for label in range(1, classes + 1)
    ]


def count_labels(labels: Int[np.ndarray, " n"], classes: int) -> Int[np.ndarray, " a"]:
    """Count the spans of each class of the list."""
    return np.bincount(labels, minlength=classes + 1)[1 : classes + 1]


def average_positives(positives: Int[np.ndarray, " a"]) -> float:
    """Give the mean number of truths of the classes that have any; 0 without any."""
    return float(positives[positives > 0].mean()) if positives.any() else 0.0


def threshold_name(tiou: float) -> str:
    """Write a threshold the short way: 0.1, 0.35."""
    return f"{tiou:.4f}".rstrip("0").rstrip(".") if tiou else "0"


def _check_labels(what: str, labels: Int[np.ndarray, " n"], classes: int) -> None:
    outside = labels[(labels < 1) | (labels > classes)]
    if len(outside):
        raise InputError(
            f"{len(outside)} x {what} of a class that is not in the list",
            wanted=f"labels 1 to {classes}",
            got=int(outside[0]),
        )


def percent(fraction: float) -> float | None:
    """Give a fraction as percentage, None for NaN: JSON has none."""
    return None if np.isnan(fraction) else 100 * float(fraction)


def without_truth(
    classes: ClassList, positives: Int[np.ndarray, " a"]
) -> tuple[str, ...]:
    """Say which classes have no truth and are left out of the mean."""
    without = [n for n, p in zip(classes.names, positives, strict=True) if not p]
    if not without:
        return ()
    listed = ", ".join(without[:5]) + (", ..." if len(without) > 5 else "")
    return (
        f"{len(without)} of {len(classes)} classes have no truth here and are left "
        f"out of the mean: {listed}",
    )
