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
    hits = np.cumsum(true, axis=1)
    recall = _ratio(hits, positives[:, None], 0.0)
    counted = hits if expected is None else recall * expected
    precision = _ratio(counted, counted + np.cumsum(false, axis=1), 0.0)
    if interpolation == "11-point":
        value = _eleven_points(recall, precision)
        return np.where(positives > 0, value, np.nan)
    if interpolation == "envelope":
        precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return _ratio(np.sum(precision * true, axis=1), positives, np.nan)


def _ratio(part: np.ndarray, whole: np.ndarray, otherwise: float) -> np.ndarray:
    """Divide; where the whole is 0 give another value."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.full(part.shape, otherwise), where=whole > 0)


def _eleven_points(
    recall: Float64[np.ndarray, "r n"], precision: Float64[np.ndarray, "r n"]
) -> Float64[np.ndarray, " r"]:
    best = np.zeros((len(recall), len(_RECALL)))
    for i, least in enumerate(_RECALL):
        reached = np.where(recall >= least, precision, 0.0)
        best[:, i] = reached.max(axis=1, initial=0.0)
    return best.mean(axis=1)
