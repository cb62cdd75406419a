"""How far a diagnosis' mAP may be chance: the same draws for command and page."""

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.protocols.bootstrap import Interval, map_interval


def interval_of(diagnosis: Diagnosis, *, draws: int = 1000, seed: int = 0) -> Interval:
    """Give mAP at each tIoU with its 95 % interval over draws of videos."""
    return map_interval(
        diagnosis.marks,
        diagnosis.judged.classes,
        interpolation=diagnosis.judged.rule.interpolation,
        generator=np.random.default_rng(seed),
        draws=draws,
    )
