"""How far mAP, and the difference of two runs, may be chance: bootstrap over videos.

Videos are drawn with replacement as often as there are videos, and mAP is computed
anew; matching is within a video, so it need not be repeated. A video drawn w times
counts w times; its copies share their ranks. A class whose truths were all left out
of a draw does not count in that draw's mean. Two runs are compared on the same draws.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy.sparse import csr_array

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.precision import Interpolation, average_precision
from dbs_core.evaluation.protocols.report import by_class, order_of_ties
from dbs_core.records import ClassList

_AT_ONCE = 100
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
    *,
    interpolation: Interpolation,
    generator: np.random.Generator,
    draws: int = 1000,
    level: float = 0.95,
) -> Interval:
    """Give the mAP at each threshold with its interval."""
    videos = np.array(marks.videos)
    counts = draw_videos(len(videos), draws, generator)
    values = resampled_map(marks, classes, counts, interpolation)
    whole = np.ones((1, len(videos)))
    estimate = resampled_map(marks, classes, whole, interpolation)[:, 0]
    return _interval(marks.tiou, estimate, values, level)


@dataclass(frozen=True, eq=False)
class Differences:
    """The mAP of one run minus that of another, and the same of every class's AP.

    `of_class[i]` is of class `classes.names[i]`: NaN where it has no truth, and without
    draws in which it had none.
    """

    mean: Interval
    of_class: tuple[Interval, ...]


def difference_interval(
    first: Marks,
    second: Marks,
    classes: ClassList,
    *,
    interpolation: Interpolation,
    generator: np.random.Generator,
    draws: int = 1000,
    level: float = 0.95,
) -> Interval:
    """Give the mAP of the first run minus that of the second, with its interval.

    Raises:
        ValueError: the runs were marked at different thresholds.
    """
    return differences(
        first,
        second,
        classes,
        interpolation=interpolation,
        generator=generator,
        draws=draws,
        level=level,
    ).mean


def differences(
    first: Marks,
    second: Marks,
    classes: ClassList,
    *,
    interpolation: Interpolation,
    generator: np.random.Generator,
    draws: int = 1000,
    level: float = 0.95,
) -> Differences:
    """Give by how much the first run is better, as a whole and in each class.

    Raises:
        ValueError: the runs were marked at different thresholds.
    """
    if not np.array_equal(first.tiou, second.tiou):
        raise ValueError(
            f"tiou: wanted the same of both runs, got {first.tiou} and {second.tiou}"
        )
    videos = sorted({*first.videos, *second.videos})
    number = {video: i for i, video in enumerate(videos)}
    counts = whole_and_draws(len(videos), draws, generator)
    one, other = (
        resampled_classes(
            marks, classes, counts[:, [number[v] for v in marks.videos]], interpolation
        )
        for marks in (first, second)
    )
    return difference(one, other, first.tiou, level=level)


def whole_and_draws(
    videos: int, draws: int, generator: np.random.Generator
) -> Float64[np.ndarray, "b1 v"]:
    """Give how often each video counts: once in the first row, then in each draw."""
    drawn = draw_videos(videos, draws, generator)
    return np.concatenate([np.ones((1, videos)), drawn])


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


def draw_videos(
    videos: int, draws: int, generator: np.random.Generator
) -> Float64[np.ndarray, "b v"]:
    """Draw as many videos as there are, with replacement: how often each came."""
    if not videos:
        return np.zeros((draws, 0))
    share = np.full(videos, 1 / videos)
    return generator.multinomial(videos, share, size=draws).astype(np.float64)


def resampled_map(
    marks: Marks,
    classes: ClassList,
    counts: Float64[np.ndarray, "b v"],
    interpolation: Interpolation,
) -> Float64[np.ndarray, "k b"]:
    """Give mAP at each threshold for each draw of videos; NaN without any truth."""
    return _mean(resampled_classes(marks, classes, counts, interpolation))


def resampled_classes(
    marks: Marks,
    classes: ClassList,
    counts: Float64[np.ndarray, "b v"],
    interpolation: Interpolation,
) -> Float64[np.ndarray, "k a b"]:
    """Give the AP of each class for each draw of videos; NaN without truth of it."""
    ap = np.full((len(marks.tiou), len(classes), len(counts)), np.nan)
    by_video = np.ascontiguousarray(counts.T)
    for label, ranked in by_class(marks, len(classes)):
        truths = marks.truth.segments.labels == label
        positives = by_video[marks.truth.video[truths]].sum(axis=0)
        if not positives.any():
            continue
        for level, row in enumerate(order_of_ties(marks, ranked, interpolation)):
            ap[level, label - 1] = _resampled_class(
                marks, level, row, by_video, positives, interpolation
            )
    return ap


def _mean(ap: Float64[np.ndarray, "k a b"]) -> Float64[np.ndarray, "k b"]:
    """Average over the classes that have truth in a draw."""
    known = ~np.isnan(ap)
    counted = known.sum(axis=1)
    total = np.where(known, ap, 0.0).sum(axis=1)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _resampled_class(
    marks: Marks,
    level: int,
    row: np.ndarray,
    by_video: np.ndarray,
    positives: np.ndarray,
    interpolation: Interpolation,
) -> Float64[np.ndarray, " b"]:
    """Give the AP of one class at one threshold for each draw, NaN without truth.

    Recall and precision rise at hits alone, so a place is kept for each hit; with it
    go the false alarms since the one before.
    """
    hit = np.flatnonzero(marks.true[level, row])
    false = np.flatnonzero(marks.false[level, row])
    # Nothing after the last hit changes any of the definitions.
    place = np.searchsorted(hit, false)
    false, place = false[place < len(hit)], place[place < len(hit)]
    video = marks.found.video[row]
    alarms = csr_array(
        (np.ones(len(false)), (place, video[false])), (len(hit), len(by_video))
    )
    ap = np.full(by_video.shape[1], np.nan)
    for start in range(0, len(ap), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        weight = by_video[:, part]
        ap[part] = average_precision(
            np.ascontiguousarray(weight[video[hit]].T),
            np.ascontiguousarray((alarms @ weight).T),
            positives[part],
            interpolation,
        )
    return ap


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
