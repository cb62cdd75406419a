"""How far an mAP may be chance: the same draws for command and pages."""

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.protocols.bootstrap import Interval, map_interval
from dbs_core.evaluation.protocols.draws import seeded_draws
from dbs_core.records import ClassList

DRAWS, SEED = 1000, 0


def interval_of(
    diagnosis: Diagnosis,
    *,
    tiou: float | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Interval:
    """Give mAP with its 95 % interval over draws of videos, at each tIoU or at one.

    At one it is the same interval, in a share of the time.
    """
    marks = diagnosis.marks
    return map_interval(
        marks if tiou is None else marks.at_one(tiou),
        diagnosis.judged.classes,
        seeded_draws(len(marks.videos), draws, seed),
        interpolation=diagnosis.judged.rule.interpolation,
    )


def interval_of_all(
    judge: Judge,
    classes: ClassList,
    tiou: float,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Interval:
    """Give the same of all detections of a split, of which no diagnosis is at hand."""
    marks = judge.marks(Judging(tiou))
    return map_interval(
        marks,
        classes,
        seeded_draws(len(marks.videos), draws, seed),
        interpolation=judge.rule.interpolation,
    )
