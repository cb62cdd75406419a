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
from jaxtyping import Bool, Float64

Interpolation = Literal["none", "11-point", "envelope"]
_RECALL = np.arange(11) / 10


def average_precision(
    true: Bool[np.ndarray, "k n"],
    false: Bool[np.ndarray, "k n"],
    positives: int,
    interpolation: Interpolation,
) -> Float64[np.ndarray, " k"]:
    """Give the AP of one class at each threshold.

    Args:
        true: hits, best score first.
        false: false alarms in the same order; what is neither does not count.
        positives: number of truths; the result is NaN when there is none.
        interpolation: which definition.
    """
    if positives == 0:
        return np.full(len(true), np.nan)
    hits = np.cumsum(true, axis=1, dtype=np.float64)
    precision = precisions(hits, np.cumsum(false, axis=1, dtype=np.float64))
    if interpolation == "11-point":
        return _eleven_points(hits / positives, precision)
    if interpolation == "envelope":
        precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return np.sum(precision * true, axis=1) / positives


def precisions(
    hits: Float64[np.ndarray, "k n"], alarms: Float64[np.ndarray, "k n"]
) -> Float64[np.ndarray, "k n"]:
    """Give hits / (hits + false alarms), 0 before the first of either."""
    counted = hits + alarms
    return np.divide(hits, counted, out=np.zeros_like(hits), where=counted > 0)


def _eleven_points(
    recall: Float64[np.ndarray, "k n"], precision: Float64[np.ndarray, "k n"]
) -> Float64[np.ndarray, " k"]:
    best = np.zeros((len(recall), len(_RECALL)))
    for i, least in enumerate(_RECALL):
        reached = np.where(recall >= least, precision, 0.0)
        best[:, i] = reached.max(axis=1, initial=0.0)
    return best.mean(axis=1)
