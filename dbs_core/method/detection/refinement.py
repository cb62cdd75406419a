"""Class, boundaries and score of each proposal (METHOD section 7, CDC's rule).

Each proposal is extended by an eighth of its length at both ends, takes a class,
shrinks to the frames that reach mean - standard deviation of that class, and gets a
score; overlapping detections of one class are thinned out. CDC gives a proposal the
one class of highest mean, none when that is background; ours tries every class with
some score and leaves the choice to the ranking. All in seconds: at 5 frames a second
an eighth is often under one sample.
"""

import numpy as np
from jaxtyping import Float32, Float64, Int64

from dbs_core.method.detection.settings import RefinementSettings
from dbs_core.records import BACKGROUND, Candidates, FrameScores, Segments
from dbs_core.records.overlap import nms


def refine(
    scores: FrameScores, proposals: Segments, settings: RefinementSettings
) -> Candidates:
    """Turn proposals into candidates, and say which of them are detections."""
    if not len(proposals) or not len(scores):
        none = np.zeros(0, np.int64)
        return Candidates(Segments.empty(), none, np.zeros(0), none)
    frames = _frames_of(scores, proposals, settings.extension)
    origin, labels = _classes_of(_means(scores, frames), settings)
    frames = frames[origin]
    level = _levels(scores, frames, labels)
    spans = _shrink(scores, frames, labels, level)
    edges = scores.edges_s
    segments = Segments(
        np.stack([edges[spans[:, 0]], edges[spans[:, 1]]], axis=1),
        labels,
        ranking(scores, spans, labels, settings),
    )
    return Candidates(segments, origin, level, nms(segments, settings.overlap))


def _classes_of(
    means: Float64[np.ndarray, "n c"], settings: RefinementSettings
) -> tuple[Int64[np.ndarray, " m"], Int64[np.ndarray, " m"]]:
    """Which classes each proposal is tried as: (proposal, label) pairs."""
    if settings.classes == "best":
        labels = means.argmax(axis=1)
        origin = np.flatnonzero(labels != BACKGROUND)
        return origin, labels[origin]
    enough = means > settings.floor
    enough[:, BACKGROUND] = False
    origin, labels = np.nonzero(enough)
    return origin, labels


def _frames_of(
    scores: FrameScores, proposals: Segments, extension: float
) -> Int64[np.ndarray, "n 2"]:
    """Frames `[first, one past last)` whose middle lies in the extended proposal."""
    length = proposals.spans_s[:, 1] - proposals.spans_s[:, 0]
    edges = scores.edges_s
    middle = (edges[:-1] + edges[1:]) / 2
    first = np.searchsorted(middle, proposals.spans_s[:, 0] - extension * length)
    last = np.searchsorted(middle, proposals.spans_s[:, 1] + extension * length)
    first = np.minimum(first, len(middle) - 1)
    return np.stack([first, np.maximum(last, first + 1)], axis=1)


def _sums(values: np.ndarray, spans: Int64[np.ndarray, "n 2"]) -> np.ndarray:
    """Column sums over each span of frames."""
    total = np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
    return total[spans[:, 1]] - total[spans[:, 0]]


def _means(
    scores: FrameScores, spans: Int64[np.ndarray, "n 2"]
) -> Float64[np.ndarray, "n c"]:
    """Mean score of every class over each span of frames."""
    count = (spans[:, 1] - spans[:, 0])[:, None]
    return _sums(scores.probability.astype(np.float64), spans) / count


def ranking(
    scores: FrameScores,
    spans: Int64[np.ndarray, "n 2"],
    labels: Int64[np.ndarray, " n"],
    settings: RefinementSettings,
) -> Float64[np.ndarray, " n"]:
    """What ranks detections: the mean inside, or that less the mean beside."""
    row = np.arange(len(labels))
    inside = _means(scores, spans)[row, labels]
    if settings.score == "mean":
        return inside
    length = spans[:, 1] - spans[:, 0]
    width = np.maximum(np.rint(settings.ring * length).astype(np.int64), 1)
    outer = np.stack([spans[:, 0] - width, spans[:, 1] + width], axis=1)
    outer = np.clip(outer, 0, len(scores))
    beside = (outer[:, 1] - outer[:, 0]) - length
    total = _sums(scores.probability.astype(np.float64), outer)[row, labels]
    return inside - (total - inside * length) / np.maximum(beside, 1)


def _levels(
    scores: FrameScores,
    frames: Int64[np.ndarray, "n 2"],
    labels: Int64[np.ndarray, " n"],
) -> Float64[np.ndarray, " n"]:
    """Mean less sample standard deviation of each span's class.

    "Gaussian kernel density estimation" of both papers is a Gaussian fit; the
    deviation divides by n - 1 and is 0 for a single frame.
    """
    row = np.arange(len(labels))
    mean = _means(scores, frames)[row, labels]
    # About the overall mean first: cumulative sums of squares would cancel.
    centre = scores.probability.mean(axis=0, dtype=np.float64)
    squares = _sums((scores.probability - centre) ** 2, frames)[row, labels]
    count = frames[:, 1] - frames[:, 0]
    spread = squares - count * (mean - centre[labels]) ** 2
    deviation = np.sqrt(np.maximum(spread, 0) / np.maximum(count - 1, 1))
    return mean - deviation


def _shrink(
    scores: FrameScores,
    frames: Int64[np.ndarray, "n 2"],
    labels: Int64[np.ndarray, " n"],
    level: Float64[np.ndarray, " n"],
) -> Int64[np.ndarray, "n 2"]:
    """From the first to the last frame that reaches the level; dips inside stay."""
    spans, count = np.array(frames), len(scores)
    # Rounding must not drop the frames of a constant score.
    least = level - 1e-7
    for label in np.unique(labels).tolist():
        here = np.flatnonzero(labels == label)
        curve = scores.probability[:, label]
        first, last = frames[here].T
        lead = _first_reaching(curve, first, least[here])
        trail = count - _first_reaching(curve[::-1], count - last, least[here])
        found = lead < last
        spans[here[found]] = np.stack([lead, trail], axis=1)[found]
    return spans


def _first_reaching(
    curve: Float32[np.ndarray, " t"],
    first: Int64[np.ndarray, " n"],
    least: Float64[np.ndarray, " n"],
) -> Int64[np.ndarray, " n"]:
    """Give the first frame from `first` on that reaches `least`; t where none does.

    Steps of falling powers of two, each taken where all it passes stays below: the
    largest of every stretch of such a length is known from two of half the length.
    """
    count = len(curve)
    largest = [np.append(curve, np.float32(np.inf))]
    while (step := 2 ** len(largest)) <= count:
        later = np.minimum(np.arange(count + 1) + step // 2, count)
        largest.append(np.maximum(largest[-1], largest[-1][later]))
    found = first.copy()
    for power in reversed(range(len(largest))):
        found += (largest[power][found] < least) * 2**power
    return found
