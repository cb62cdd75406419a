"""How well different kinds of truth are found: DETAD's sensitivity and misses.

Sensitivity is the normalised mAP with the truths of one bin alone: detections that
found another truth are left out, false ones stay. Misses are the share of a bin's
truths that no detection found.
"""

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.diagnosis.characteristics import Characteristic
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import (
    Counted,
    average_positives,
    class_precision,
    count_labels,
    mean_of_classes,
)
from dbs_core.records import ClassList


def normalised_map(
    marks: Marks,
    classes: ClassList,
    *,
    interpolation: Interpolation,
    only: Bool[np.ndarray, " m"] | None = None,
) -> Float64[np.ndarray, " k"]:
    """Give mAP with precision as if every class had the average number of truths.

    Args:
        marks: the run's marks.
        classes: the classes of labels 1, 2, ...
        interpolation: the definition of AP.
        only: which truths to count; None for all. Classes without such a truth are
            left out of the mean; NaN where there is none at all.
    """
    every = count_labels(marks.truth.segments.labels, len(classes))
    only = np.ones(len(marks.truth), bool) if only is None else only
    wanted = np.append(only, False)  # the last is the truth of a false detection
    positives = count_labels(marks.truth.segments.labels[only], len(classes))
    counted = Counted(
        marks.true & wanted[marks.truth_of],
        marks.false,
        positives,
        average_positives(every),
    )
    ap = class_precision(marks, classes, interpolation, counted)
    return mean_of_classes(ap, positives)


def sensitivity(
    marks: Marks,
    classes: ClassList,
    characteristic: Characteristic,
    *,
    interpolation: Interpolation,
) -> Float64[np.ndarray, "k b"]:
    """Give the normalised mAP of each bin's truths; NaN for an empty bin."""
    return np.stack(
        [
            normalised_map(
                marks,
                classes,
                interpolation=interpolation,
                only=characteristic.bin == number,
            )
            for number in range(len(characteristic.labels))
        ],
        axis=1,
    )


def missed(
    marks: Marks, characteristic: Characteristic
) -> tuple[Int[np.ndarray, "k b"], Int[np.ndarray, " b"]]:
    """Count the missed truths of each bin at each threshold, and all of the bin."""
    bins = len(characteristic.labels)
    inside = characteristic.bin[:, None] == np.arange(bins)  # [m, b]
    lost = (marks.found_by < 0).astype(np.int64)
    return lost @ inside.astype(np.int64), inside.sum(axis=0)


def missed_by_pair(
    marks: Marks, first: Characteristic, second: Characteristic
) -> tuple[Int[np.ndarray, "k b1 b2"], Int[np.ndarray, "b1 b2"]]:
    """Count the missed truths of each pair of bins, and all of the pair."""
    one = first.bin[:, None] == np.arange(len(first.labels))
    other = second.bin[:, None] == np.arange(len(second.labels))
    both = (one[:, :, None] & other[:, None, :]).astype(np.int64)  # [m, b1, b2]
    lost = (marks.found_by < 0).astype(np.int64)
    return np.einsum("km,mij->kij", lost, both), both.sum(axis=0)
