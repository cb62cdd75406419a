"""The AP of each video by itself: of many short lists at once."""

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation, average_precision


def precision_of_videos(
    marks: Marks,
    interpolation: Interpolation,
    kept: Bool[np.ndarray, " n"] | None = None,
    truths: Bool[np.ndarray, " m"] | None = None,
) -> dict[int, float]:
    """Give videos, by their number, their mean AP over the classes of their truth.

    Args:
        marks: at one threshold; of several the first.
        interpolation: the definition of AP.
        kept: which detections count; None for all.
        truths: which truths; None for all.
    """
    group, video = marks.truth.group, marks.truth.video
    if truths is not None:
        group, video = group[truths], video[truths]
    groups, first, counts = np.unique(group, return_index=True, return_counts=True)
    order = marks.ranking if kept is None else marks.ranking[kept[marks.ranking]]
    found = marks.found.group[order]
    by_group = np.argsort(found, kind="stable")  # within one the best first
    order, found = order[by_group], found[by_group]
    starts = np.searchsorted(found, groups)
    ends = np.searchsorted(found, groups, side="right")
    values = _of_each_list(
        marks.true[0, order], marks.false[0, order], starts, ends, counts, interpolation
    )
    return _means(video[first], values)


def _means(
    video: Int[np.ndarray, " g"], values: Float64[np.ndarray, " g"]
) -> dict[int, float]:
    """Average the values of each video; those of as many go together."""
    order = np.argsort(video, kind="stable")
    names, first, count = np.unique(video[order], return_index=True, return_counts=True)
    means = np.zeros(len(names))
    for many in np.unique(count):
        here = count == many
        places = first[here, None] + np.arange(many)
        means[here] = values[order][places].mean(axis=1)
    return dict(zip(names.tolist(), means.tolist(), strict=True))


def _of_each_list(
    true: Bool[np.ndarray, " n"],
    false: Bool[np.ndarray, " n"],
    starts: Int[np.ndarray, " g"],
    ends: Int[np.ndarray, " g"],
    counts: Int[np.ndarray, " g"],
    interpolation: Interpolation,
) -> Float64[np.ndarray, " g"]:
    """Give the AP of each of many short ranked lists that lie one after the other.

    Lists of about the same length go together: a place with neither hit nor false
    alarm does not count, so the shorter ones are filled up with such.
    """
    values = np.zeros(len(starts))
    hits, alarms = (
        np.append(marks, False).astype(np.float64) for marks in (true, false)
    )
    width = np.exp2(np.ceil(np.log2(np.maximum(ends - starts, 1)))).astype(np.int64)
    for most in np.unique(width):
        here = np.flatnonzero(width == most)
        places = starts[here, None] + np.arange(most)
        rows = np.where(places < ends[here, None], places, len(true))
        values[here] = average_precision(
            hits[rows],
            alarms[rows],
            counts[here].astype(np.float64),
            interpolation,
        )
    return values
