"""Average precision from a ranked list: the three definitions in circulation.

- `none`: sum of the precision at each true positive, divided by the number of truths
  (TH14evalDet_Updated, used by SCNN and CDC);
- `11-point`: mean over recall 0, 0.1, ..., 1 of the best precision from there on (the
  original THUMOS'14 kit);
- `envelope`: area under the falling envelope of precision (ActivityNet, VOC 2011).

METHOD sections 8.3 and 8.5.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float64

Interpolation = Literal["none", "11-point", "envelope"]
_RECALL = np.arange(11) / 10
_NEXT_TO_NOTHING = 1e-300
_AT_ONCE = 1 << 15
"""Places of lists worked on together: few enough to stay in a processor's cache."""


def average_precision(
    true: Float64[np.ndarray, "r n"],
    false: Float64[np.ndarray, "r n"],
    positives: Float64[np.ndarray, " r"],
    interpolation: Interpolation,
    expected: float | None = None,
) -> Float64[np.ndarray, " r"]:
    """Give the AP of ranked lists, one a row: thresholds, or resampled videos.

    Args:
        true: how many hits each place of the list stands for, best score first: 0 or
            1, more where its video was drawn more than once.
        false: how many false alarms; a place with neither does not count.
        positives: number of truths of each row; where it is 0 the AP is NaN.
        interpolation: which definition.
        expected: count hits as if there were so many truths (DETAD's normalised
            AP), so that rare and common kinds of truth compare; None to count them
            as they are.
    """
    step = max(1, _AT_ONCE // max(1, true.shape[1]))
    parts = [slice(first, first + step) for first in range(0, len(true), step)]
    found = [
        _of_rows(true[part], false[part], positives[part], interpolation, expected)
        for part in parts
    ]
    return np.concatenate([np.zeros(0), *found])


def _of_rows(
    true: Float64[np.ndarray, "r n"],
    false: Float64[np.ndarray, "r n"],
    positives: Float64[np.ndarray, " r"],
    interpolation: Interpolation,
    expected: float | None,
) -> Float64[np.ndarray, " r"]:
    # Row by row in memory: sums are then the same whatever was handed in.
    true, false = np.ascontiguousarray(true), np.ascontiguousarray(false)
    hits, known = np.cumsum(true, axis=1), positives[:, None]
    counted = hits if expected is None else _share(hits, known) * expected
    alarms = np.cumsum(false, axis=1)
    alarms += counted
    precision = _share(counted, alarms)
    if interpolation == "11-point":
        value = _eleven_points(_share(hits, known), precision)
        return np.where(positives > 0, value, np.nan)
    if interpolation == "envelope":
        precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    precision = np.ascontiguousarray(precision)
    precision *= true
    total = np.sum(precision, axis=1)
    nothing = np.full(total.shape, np.nan)
    return np.divide(total, positives, out=nothing, where=positives > 0)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; 0 where the whole is 0."""
    share: np.ndarray = part / np.maximum(whole, _NEXT_TO_NOTHING)
    return share


def _eleven_points(
    recall: Float64[np.ndarray, "r n"], precision: Float64[np.ndarray, "r n"]
) -> Float64[np.ndarray, " r"]:
    best = np.zeros((len(recall), len(_RECALL)))
    for i, least in enumerate(_RECALL):
        reached = np.where(recall >= least, precision, 0.0)
        best[:, i] = reached.max(axis=1, initial=0.0)
    return best.mean(axis=1)
