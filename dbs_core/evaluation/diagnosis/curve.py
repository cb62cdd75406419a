"""Precision against recall, place by place: what a class's AP is made of.

Recall rises at hits alone, so there is a point for each hit. Without interpolation and
with the envelope AP is the mean of their precision over all truths of the class.
"""

from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.protocols.report import (
    by_class,
    order_of_ties,
    percent,
    threshold_name,
)


@dataclass(frozen=True)
class CurvePoint:
    """The detections of a class from a score on: right, false, and what it makes.

    `precision` is as the rule interpolates it, a fraction of 1 like `recall`.
    """

    score: float
    recall: float
    precision: float
    right: int
    false: int


def precision_recall(diagnosis: Diagnosis, name: str, tiou: float) -> list[CurvePoint]:
    """Give a point for each hit of a class, best score first.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    marks, classes = diagnosis.marks, diagnosis.judged.classes
    how, level = diagnosis.judged.rule.interpolation, marks.at(tiou)
    label = classes.label_of(name)
    ranked = dict(by_class(marks, len(classes)))[label]
    order = order_of_ties(marks, ranked, how)[level]
    right = marks.true[level, order].cumsum()
    false = marks.false[level, order].cumsum()
    hits = np.flatnonzero(marks.true[level, order])
    right, false = right[hits], false[hits]
    precision = right / (right + false)
    if how == "envelope":
        precision = np.maximum.accumulate(precision[::-1])[::-1]
    truths = int((marks.truth.segments.labels == label).sum())
    columns = (
        marks.found.segments.scores[order][hits],
        right / max(truths, 1),
        precision,
        right,
        false,
    )
    return [
        CurvePoint(*row)
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]


def curves(diagnosis: Diagnosis, tiou: float) -> dict[str, object]:
    """Give the curves of all classes as JSON values, shares per cent.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    return {
        "curves": {
            "tiou": threshold_name(tiou),
            "columns": ["score", "recall", "precision", "right", "false"],
            "per_class": {
                name: [
                    [
                        one.score,
                        percent(one.recall),
                        percent(one.precision),
                        one.right,
                        one.false,
                    ]
                    for one in precision_recall(diagnosis, name, tiou)
                ]
                for name in diagnosis.judged.classes.names
            },
        }
    }
