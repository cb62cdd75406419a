"""How far mAP, and the difference of two runs, may be chance: bootstrap over videos.

Videos are drawn with replacement as often as there are videos, and mAP is computed
anew; matching is within a video, so it need not be repeated. A video drawn w times
counts w times; its copies share their ranks. A class whose truths were all left out
of a draw does not count in that draw's mean. Two runs are compared on the same draws.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

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
    if not np.array_equal(first.tiou, second.tiou):
        raise ValueError(
            f"tiou: wanted the same of both runs, got {first.tiou} and {second.tiou}"
        )
    videos = sorted({*first.videos, *second.videos})
    number = {video: i for i, video in enumerate(videos)}
    counts = draw_videos(len(videos), draws, generator)
    counts = np.concatenate([np.ones((1, len(videos))), counts])
    one, other = (
        resampled_map(
            marks, classes, counts[:, [number[v] for v in marks.videos]], interpolation
        )
        for marks in (first, second)
    )
    return _interval(
        first.tiou, one[:, 0] - other[:, 0], one[:, 1:] - other[:, 1:], level
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
    total = np.zeros((len(marks.tiou), len(counts)))
    counted = np.zeros(len(counts))
    for label, ranked in by_class(marks, len(classes)):
        truths = marks.truth.segments.labels == label
        positives = counts[:, marks.truth.video[truths]].sum(axis=1)
        if not positives.any():
            continue
        counted += positives > 0
        for level, row in enumerate(order_of_ties(marks, ranked, interpolation)):
            total[level] += _resampled_class(
                marks, level, row, counts, positives, interpolation
            )
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _resampled_class(
    marks: Marks,
    level: int,
    row: np.ndarray,
    counts: np.ndarray,
    positives: np.ndarray,
    interpolation: Interpolation,
) -> Float64[np.ndarray, " b"]:
    """Give the AP of one class at one threshold for each draw, 0 without truth."""
    hit = marks.true[level, row]
    # Nothing after the last hit changes any of the definitions.
    row = row[: int(np.flatnonzero(hit)[-1]) + 1] if hit.any() else row[:0]
    true, false = marks.true[level, row], marks.false[level, row]
    video = marks.found.video[row]
    ap = np.zeros(len(counts))
    for start in range(0, len(counts), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        weight = counts[part][:, video]
        ap[part] = average_precision(
            weight * true, weight * false, positives[part], interpolation
        )
    return np.nan_to_num(ap)


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
