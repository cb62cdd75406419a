"""How far an mAP may be chance: the same draws for command and pages."""

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.protocols.bootstrap import Interval, map_interval
from dbs_core.records import ClassList


def interval_of(
    diagnosis: Diagnosis,
    *,
    tiou: float | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Interval:
    """Give mAP with its 95 % interval over draws of videos, at each tIoU or at one.

    At one it is the same interval, in a share of the time.
    """
    marks = diagnosis.marks
    return map_interval(
        marks if tiou is None else marks.at_one(tiou),
        diagnosis.judged.classes,
        interpolation=diagnosis.judged.rule.interpolation,
        generator=np.random.default_rng(seed),
        draws=draws,
    )


def interval_of_all(
    judge: Judge, classes: ClassList, tiou: float, *, draws: int = 1000, seed: int = 0
) -> Interval:
    """Give the same of all detections of a split, of which no diagnosis is at hand."""
    return map_interval(
        judge.marks(Judging(tiou)),
        classes,
        interpolation=judge.rule.interpolation,
        generator=np.random.default_rng(seed),
        draws=draws,
    )
