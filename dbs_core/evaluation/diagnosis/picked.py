"""The rows of an error list that a bar, a cell or a point of a chart stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.diagnosis.confusion import paired
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import (
    ERRORS,
    MISSED,
    ErrorTable,
    Range,
    error_table,
)
from dbs_core.evaluation.diagnosis.false_positives import group_of


@dataclass(frozen=True)
class Picked:
    """What a list shows; an empty or missing part is no filter.

    Attributes:
        kinds: what rows are, of `ROW_KINDS`; none: all errors.
        classes: names of the rows' own classes.
        stages: at which truths were lost.
        step: which G best detections of each class, from 0.
        bin: a characteristic of truths and the number of its bin.
        cell: a truth's and a detection's class in the confusion, "" background.
        score: lowest and highest score.
        length_s: shortest and longest span.
    """

    kinds: Sequence[str] = ()
    classes: Sequence[str] = ()
    stages: Sequence[str] = ()
    step: int | None = None
    bin: tuple[str, int] | None = None
    cell: tuple[str, str] | None = None
    score: Range | None = None
    length_s: Range | None = None


def pick(diagnosis: Diagnosis, tiou: float, picked: Picked) -> ErrorTable:
    """List the detections and truths that are picked, in the table's order.

    Raises:
        KeyError: the threshold was not evaluated, or an unknown characteristic.
    """
    table = error_table(diagnosis, tiou)
    kept = np.ones(len(table), bool)
    detections = len(diagnosis.marks.found)
    if picked.step is not None:
        steps = group_of(diagnosis.marks, diagnosis.judged.classes)
        kept[:detections] &= steps[diagnosis.marks.ranking] == picked.step
        kept[detections:] = False
    if picked.bin is not None:
        name, number = picked.bin
        kept[:detections] = False
        kept[detections:] &= diagnosis.characteristics[name].bin == number
    if picked.cell is not None:
        kept &= _in_cell(diagnosis, tiou, table, picked.cell)
    return table.select(kept).only(
        kinds=picked.kinds or (None if picked.cell else ERRORS),
        classes=picked.classes or None,
        stages=picked.stages or None,
        score=picked.score,
        length_s=picked.length_s,
    )


def _in_cell(
    diagnosis: Diagnosis, tiou: float, table: ErrorTable, cell: tuple[str, str]
) -> np.ndarray:
    """Find the rows behind a cell of the confusion: detections, else missed truths."""
    marks, names = diagnosis.marks, diagnosis.judged.classes
    level, detections = marks.at(tiou), len(marks.found)
    truth_of = paired(marks, level)
    truth_class, found_class = (names.label_of(x) if x else 0 for x in cell)
    taken_for = np.where(truth_of >= 0, marks.truth.segments.labels[truth_of], 0)
    counted = ~(marks.ignored[level] & (truth_of < 0))
    here = (taken_for == truth_class) & counted
    here &= marks.found.segments.labels == found_class
    kept = np.zeros(len(table), bool)
    if found_class:
        kept[:detections] = here[marks.ranking]
    else:  # truths that no detection was left for
        alone = np.ones(len(marks.truth), bool)
        alone[truth_of[truth_of >= 0]] = False
        missed = table.kind[detections:] == MISSED
        own = marks.truth.segments.labels == truth_class
        kept[detections:] = alone & missed & own
    return kept
