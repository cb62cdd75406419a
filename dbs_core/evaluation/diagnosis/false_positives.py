"""Why a detection is false: DETAD's five kinds, their profile, what each costs.

H. Alwassel et al., "Diagnosing Error in Temporal Action Detectors", ECCV 2018. Of
all truths of its video, whatever their class, a false detection is judged by the one
it overlaps most:

| IoU with it   | same class | another class |
|---------------|------------|---------------|
| >= threshold  | double     | label         |
| >= 0.1        | location   | confusion     |
| below         | background | background    |

Unlike the released script, a video without truth is all background (the script goes
on with the truth of the video before), and where truths of several classes are
overlapped equally, as a cliff dive and its dive, the detection's own class is taken.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.diagnosis.nearest import nearest_truths
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import (
    Counted,
    average_positives,
    by_class,
    class_precision,
    count_labels,
    mean_of_classes,
)
from dbs_core.records import ClassList

KINDS = ("true", "double", "label", "location", "confusion", "background", "ignored")
"""The kinds by number; 0 is right, 1 to 5 are false, 6 is neither (Ambiguous)."""

FALSE_KINDS = KINDS[1:6]
TRUE, DOUBLE, LABEL, LOCATION, CONFUSION, BACKGROUND, IGNORED = range(7)

LEAST_IOU = 0.1
"""Less overlap than this is none (DETAD's min_tiou_thr)."""


@dataclass(frozen=True, eq=False)
class ErrorKinds:
    """The kind of every detection at each threshold, and the truth it is nearest to.

    `nearest[i]` indexes the marks' truths, -1 in a video without; `iou[i]` is the
    overlap with it. `reached[j]` is how near a detection of its class came to truth j.
    """

    kind: Int[np.ndarray, "k n"]
    nearest: Int[np.ndarray, " n"]
    iou: Float64[np.ndarray, " n"]
    reached: Float64[np.ndarray, " m"]


def error_kinds(marks: Marks) -> ErrorKinds:
    """Tell the kind of every detection."""
    near_to = nearest_truths(marks)
    nearest, iou = near_to.truth, near_to.iou
    labels = marks.found.segments.labels
    alike = np.zeros(len(labels), bool)
    near = nearest >= 0
    alike[near] = marks.truth.segments.labels[nearest[near]] == labels[near]
    reaches = iou >= marks.tiou[:, None]
    kind = np.select(
        [
            marks.true,
            marks.ignored,
            reaches & alike,
            reaches,
            (iou >= LEAST_IOU) & alike,
            iou >= LEAST_IOU,
        ],
        [TRUE, IGNORED, DOUBLE, LABEL, LOCATION, CONFUSION],
        BACKGROUND,
    )
    return ErrorKinds(kind, nearest, iou, near_to.reached)


def profile(
    marks: Marks, kinds: ErrorKinds, classes: ClassList, groups: int = 10
) -> Int[np.ndarray, "k g 7"]:
    """Count the kinds among the top detections, in steps of G.

    G is each class's own number of truths: group 0 holds the best G detections of
    every class, group 1 the next G, and so on, as DETAD's bars. Sums along the groups
    give "the top 1G ... 10G".
    """
    counts = np.zeros((len(marks.tiou), groups, len(KINDS)), np.int64)
    group = group_of(marks, classes)
    top = group < groups
    for level, kind in enumerate(kinds.kind):
        cell = group[top] * len(KINDS) + kind[top]
        every = np.bincount(cell, minlength=groups * len(KINDS))
        counts[level] = every.reshape(groups, len(KINDS))
    return counts


def group_of(marks: Marks, classes: ClassList) -> Int[np.ndarray, " n"]:
    """Give the step of G that each detection stands in, from 0.

    Beyond every step in a class without truth.
    """
    group = np.full(len(marks.found), np.iinfo(np.int64).max)
    positives = count_labels(marks.truth.segments.labels, len(classes))
    for label, ranked in by_class(marks, len(classes)):
        if size := int(positives[label - 1]):
            group[ranked] = np.arange(len(ranked)) // size
    return group


def gains(
    marks: Marks,
    kinds: ErrorKinds,
    classes: ClassList,
    *,
    interpolation: Interpolation,
    normalised: bool = False,
    groups: int | None = 10,
) -> Float64[np.ndarray, "k 5"]:
    """Give the mAP gained by removing all false detections of each kind.

    Args:
        marks: the run's marks.
        kinds: their kinds.
        classes: the classes of labels 1, 2, ...
        interpolation: the definition of AP.
        normalised: use DETAD's normalised AP.
        groups: look at the best so many times G detections of each class, as DETAD
            does; None for all.

    Returns:
        For each threshold the gain of each of `FALSE_KINDS`, as fractions of 1.
    """
    kept = _top(marks, classes, groups)
    with_all = _map(marks, classes, interpolation, normalised, kept)
    gained = [
        _map(marks, classes, interpolation, normalised, kept & (kinds.kind != kind))
        - with_all
        for kind in range(DOUBLE, BACKGROUND + 1)
    ]
    return np.stack(gained, axis=1)


def ceiling(
    marks: Marks,
    classes: ClassList,
    *,
    interpolation: Interpolation,
    groups: int | None = 10,
) -> Float64[np.ndarray, " k"]:
    """Give the mAP without any false detection: what curing all kinds would reach."""
    kept = _top(marks, classes, groups)
    return _map(marks, classes, interpolation, False, kept & ~marks.false)


def _top(
    marks: Marks, classes: ClassList, groups: int | None
) -> Bool[np.ndarray, "k n"]:
    """Mark the best groups x G detections of each class."""
    shape = len(marks.tiou), len(marks.found)
    if groups is None:
        return np.ones(shape, bool)
    return np.broadcast_to(group_of(marks, classes) < groups, shape)


def _map(
    marks: Marks,
    classes: ClassList,
    interpolation: Interpolation,
    normalised: bool,
    kept: Bool[np.ndarray, "k n"],
) -> Float64[np.ndarray, " k"]:
    """Give the mAP of the kept detections, by the marks they have."""
    positives = count_labels(marks.truth.segments.labels, len(classes))
    counted = Counted(
        marks.true & kept,
        marks.false & kept,
        positives,
        average_positives(positives) if normalised else None,
    )
    ap = class_precision(marks, classes, interpolation, counted)
    return mean_of_classes(ap, positives)
