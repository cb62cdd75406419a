"""Which class is taken for which: a matrix with background, each span counted once.

Right detections stand on the diagonal. What is left over then pairs up whatever the
class: the other detections, best first, each take the missed truth of their video
that they overlap most, by IoU >= threshold. Truths still left are missed (column 0),
detections still left are background (row 0).
"""

from functools import partial

import numpy as np
from jaxtyping import Int

from dbs_core.evaluation.protocols.activitynet import RULE
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.matching import match_greedily
from dbs_core.records import ClassList


def confusion(marks: Marks, classes: ClassList, tiou: float) -> Int[np.ndarray, "c c"]:
    """Count truths (rows) by the class they were detected as (columns), 0 background.

    Row i > 0 sums to the truths of class i, column j > 0 to its detections less those
    ignored. Low scores fill row 0: select detections before marking them.
    """
    level = marks.at(tiou)
    matrix = np.zeros((classes.channels, classes.channels), np.int64)
    truth_of = paired(marks, level)
    hit = np.flatnonzero(truth_of >= 0)
    rows = marks.truth.segments.labels[truth_of[hit]]
    np.add.at(matrix, (rows, marks.found.segments.labels[hit]), 1)
    missed = np.ones(len(marks.truth), bool)
    missed[truth_of[hit]] = False
    alarm = (truth_of < 0) & ~marks.ignored[level]
    count = partial(np.bincount, minlength=classes.channels)
    matrix[:, 0] += count(marks.truth.segments.labels[missed])
    matrix[0] += count(marks.found.segments.labels[alarm])
    return matrix


def paired(marks: Marks, level: int) -> Int[np.ndarray, " n"]:
    """Give each detection's truth: its own match, else one of another class; or -1.

    Args:
        marks: the run's marks.
        level: which of its thresholds.
    """
    truth_of = marks.truth_of[level].copy()
    ranking = marks.ranking
    left = ranking[marks.false[level, ranking]]
    missed = np.flatnonzero(marks.found_by[level] < 0)
    pairs = match_greedily(
        marks.found.segments.spans_s[left],
        marks.found.video[left],
        marks.truth.segments.spans_s[missed],
        marks.truth.video[missed],
        marks.tiou[level : level + 1],
        RULE,
    )[0]
    taken = pairs >= 0
    truth_of[left[taken]] = missed[pairs[taken]]
    return truth_of
