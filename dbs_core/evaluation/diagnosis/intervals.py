"""How far a diagnosis' mAP may be chance: the same draws for command and page."""

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.protocols.bootstrap import Interval, map_interval


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
