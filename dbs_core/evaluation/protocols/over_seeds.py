"""By how much one method is better than another, each the mean over trainings.

A training says as much about its seed as about its settings. Every training is scored
on the same draws of videos; their AP is averaged in each draw (ours).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from dbs_core.evaluation.protocols.bootstrap import (
    Differences,
    difference,
    resampled_classes,
)
from dbs_core.evaluation.protocols.draws import whole_and_draws
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.records import ClassList


def paired_differences(
    first: Sequence[Marks],
    second: Sequence[Marks],
    classes: ClassList,
    *,
    interpolation: Interpolation,
    generator: np.random.Generator,
    draws: int = 1000,
) -> Differences:
    """Give the mean mAP of the first trainings minus that of the second.

    Args:
        first: detections of each training, marked on the same videos and thresholds.
        second: of the other method's; as many or not.
        classes: what is averaged over.
        interpolation: of AP, as the rule has it.
        generator: draws the videos.
        draws: how many times.

    Raises:
        ValueError: not all were marked on the same videos at the same thresholds.
    """
    whole, *others = (*first, *second)
    for one in others:
        if one.videos != whole.videos or not np.array_equal(one.tiou, whole.tiou):
            raise ValueError("marks: wanted the same videos and tiou of all trainings")
    counts = whole_and_draws(len(whole.videos), draws, generator)

    def mean(marks: Sequence[Marks]) -> Float64[np.ndarray, "k a b"]:
        return np.mean(
            [resampled_classes(one, classes, counts, interpolation) for one in marks],
            axis=0,
        )

    return difference(mean(first), mean(second), whole.tiou)
