"""A class's ranked list, kept to its hits: all that its AP on any draw is made of."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int
from scipy.sparse import csr_array

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import by_class, order_of_ties
from dbs_core.records import ClassList


@dataclass(frozen=True, eq=False)
class HitLists:
    """What a class's AP is made of: how many truths each video has, and the lists.

    Of each threshold its number, the video of each hit, best first, and how many false
    alarms of each video came since the hit before.
    """

    label: int
    truths: Float64[np.ndarray, " v"]
    levels: tuple[tuple[int, np.ndarray, csr_array], ...]


def hit_lists(
    marks: Marks, classes: ClassList, interpolation: Interpolation
) -> list[HitLists]:
    """Lay out the classes that have truth.

    Recall and precision rise at hits alone, so a place is kept for each hit; with it
    go the false alarms since the one before.
    """
    found = []
    for label, ranked in by_class(marks, len(classes)):
        of_class = marks.truth.video[marks.truth.segments.labels == label]
        truths = np.bincount(of_class, minlength=len(marks.videos))
        if not len(of_class):
            continue
        levels = [
            (level, *_places(marks, level, row))
            for level, row in enumerate(order_of_ties(marks, ranked, interpolation))
        ]
        found.append(HitLists(label, truths.astype(np.float64), tuple(levels)))
    return found


def _places(
    marks: Marks, level: int, row: Int[np.ndarray, " n"]
) -> tuple[Int[np.ndarray, " h"], csr_array]:
    hit = np.flatnonzero(marks.true[level, row])
    false = np.flatnonzero(marks.false[level, row])
    # Nothing after the last hit changes any of the definitions.
    place = np.searchsorted(hit, false)
    false, place = false[place < len(hit)], place[place < len(hit)]
    video = marks.found.video[row]
    alarms = csr_array(
        (np.ones(len(false)), (place, video[false])), (len(hit), len(marks.videos))
    )
    return video[hit], alarms
