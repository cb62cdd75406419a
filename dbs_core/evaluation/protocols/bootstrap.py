"""How far mAP, and the difference of two runs, may be chance: bootstrap over videos.

Videos are drawn with replacement as often as there are videos, and mAP is computed
anew; matching is within a video, so it need not be repeated. A video drawn w times
counts w times; its copies share their ranks. A class whose truths were all left out
of a draw does not count in that draw's mean. Two runs are compared on the same draws.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from dbs_core.evaluation.protocols.draws import Counts, of_videos
from dbs_core.evaluation.protocols.hit_lists import hit_lists
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation, average_precision
from dbs_core.records import ClassList

_AT_ONCE = 32
"""Draws computed together, so that memory stays small."""


@dataclass(frozen=True, eq=False)
class Interval:
    """A figure at each threshold with its percentile interval, fractions of 1.

    `above_zero` is the share of draws in which the figure is above 0: of a
    difference, how often the first run is the better one.
    """

    tiou: Float64[np.ndarray, " k"]
    estimate: Float64[np.ndarray, " k"]
    low: Float64[np.ndarray, " k"]
    high: Float64[np.ndarray, " k"]
    above_zero: Float64[np.ndarray, " k"]
    level: float
    draws: int


def map_interval(
    marks: Marks,
    classes: ClassList,
    counts: Counts,
    *,
    interpolation: Interpolation,
    level: float = 0.95,
) -> Interval:
    """Give the mAP at each threshold with its interval.

    Args:
        marks: of the run.
        classes: those of its labels.
        counts: how often each video counts (`draws.py`): all once in the first row,
            then draw by draw.
        interpolation: the definition of AP.
        level: how much of the draws the interval holds.
    """
    values = resampled_map(marks, classes, counts, interpolation)
    return _interval(marks.tiou, values[:, 0], values[:, 1:], level)


@dataclass(frozen=True, eq=False)
class Differences:
    """The mAP of one run minus that of another, and the same of every class's AP.

    `of_class[i]` is of class `classes.names[i]`: NaN where it has no truth, and without
    draws in which it had none.
    """

    mean: Interval
    of_class: tuple[Interval, ...]


def differences(
    first: Marks,
    second: Marks,
    classes: ClassList,
    counts: Counts,
    *,
    interpolation: Interpolation,
    level: float = 0.95,
) -> Differences:
    """Give by how much the first run is better, as a whole and in each class.

    As `map_interval`, with a column of `counts` for each video of either, by name.

    Raises:
        ValueError: the runs were marked at different thresholds.
    """
    if not np.array_equal(first.tiou, second.tiou):
        raise ValueError(
            f"tiou: wanted the same of both runs, got {first.tiou} and {second.tiou}"
        )
    videos = sorted({*first.videos, *second.videos})
    one, other = (
        resampled_classes(
            marks, classes, of_videos(counts, videos, marks.videos), interpolation
        )
        for marks in (first, second)
    )
    return difference(one, other, first.tiou, level=level)


def difference(
    one: Float64[np.ndarray, "k a b"],
    other: Float64[np.ndarray, "k a b"],
    tiou: Float64[np.ndarray, " k"],
    *,
    level: float = 0.95,
) -> Differences:
    """Give by how much one is better than the other on the same draws.

    The first of each row is of all videos, the rest of the draws.
    """

    def interval(values: Float64[np.ndarray, "k b"]) -> Interval:
        return _interval(tiou, values[:, 0], values[:, 1:], level)

    return Differences(
        interval(_mean(one) - _mean(other)),
        tuple(interval(values) for values in np.moveaxis(one - other, 1, 0)),
    )


def resampled_map(
    marks: Marks,
    classes: ClassList,
    counts: Counts,
    interpolation: Interpolation,
) -> Float64[np.ndarray, "k b"]:
    """Give mAP at each threshold for each draw of videos; NaN without any truth."""
    return _mean(resampled_classes(marks, classes, counts, interpolation))


def resampled_classes(
    marks: Marks,
    classes: ClassList,
    counts: Counts,
    interpolation: Interpolation,
) -> Float64[np.ndarray, "k a b"]:
    """Give the AP of each class for each draw of videos; NaN without truth of it."""
    ap = np.full((len(marks.tiou), len(classes), len(counts)), np.nan)
    lists = hit_lists(marks, classes, interpolation)
    for first in range(0, len(counts), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        by_video = np.ascontiguousarray(counts[part].T, np.float64)
        for one in lists:
            positives = one.truths @ by_video
            for level, hits, alarms in one.levels:
                ap[level, one.label - 1, part] = average_precision(
                    by_video[hits].T,
                    (alarms @ by_video).T,
                    positives,
                    interpolation,
                )
    return ap


def _mean(ap: Float64[np.ndarray, "k a b"]) -> Float64[np.ndarray, "k b"]:
    """Average over the classes that have truth in a draw."""
    known = ~np.isnan(ap)
    counted = known.sum(axis=1)
    total = np.where(known, ap, 0.0).sum(axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _interval(
    tiou: np.ndarray, estimate: np.ndarray, values: np.ndarray, level: float
) -> Interval:
    values = values[:, ~np.isnan(values).any(axis=0)]
    if not values.shape[1]:
        nothing = np.full(len(tiou), np.nan)
        return Interval(tiou, estimate, nothing, nothing, nothing, level, 0)
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail], axis=1)
    above = (values > 0).mean(axis=1)
    return Interval(tiou, estimate, low, high, above, level, values.shape[1])
