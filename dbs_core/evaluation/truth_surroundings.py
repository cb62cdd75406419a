"""What lay about each truth: the detection nearest to it, and the scores inside it."""

from dataclasses import dataclass

import numpy as np

from dbs_core.method.backprojection.windows import frame_index
from dbs_core.records import BACKGROUND, VideoResult
from dbs_core.records.overlap import temporal_iou
from dbs_core.records.result import Spans


@dataclass(frozen=True)
class Nearest:
    """A detection, by its row, and how far it overlaps the truth (IoU)."""

    detection: int
    overlap: float


def nearest_detections(video: Spans) -> tuple[Nearest | None, ...]:
    """Give each truth the detection of any class that overlaps it most.

    Of several, one of its own class, then the best score. None where none overlaps it.
    """
    if video.truth is None:
        return ()
    found, truth = video.detections, video.truth.segments
    nearest: list[Nearest | None] = []
    for span, label in zip(truth.spans_s, truth.labels, strict=True):
        overlap = temporal_iou(span[None], found.spans_s)[0]
        if not (overlap > 0).any():
            nearest.append(None)
            continue
        order = np.lexsort((found.scores, found.labels == label, overlap))
        nearest.append(Nearest(int(order[-1]), float(overlap[order[-1]])))
    return tuple(nearest)


@dataclass(frozen=True)
class ScoresInside:
    """Frame scores in a truth: of its class, and of the strongest other one.

    `other` is that one's label by mean score, None where there is no other class.
    """

    mean: float
    highest: float
    other: int | None
    other_mean: float


def scores_inside(result: VideoResult) -> tuple[ScoresInside | None, ...]:
    """Say what the frame scores were inside each truth.

    A truth between two samples has the score of the one before it; None without any.
    """
    if result.truth is None:
        return ()
    scores, times_s = result.frames.probability, result.frames.times_s
    told: list[ScoresInside | None] = []
    truth = result.truth.segments
    for (start, end), label in zip(truth.spans_s, truth.labels, strict=True):
        if not len(times_s):
            told.append(None)
            continue
        first, after = np.searchsorted(times_s, (start, end))
        if first == after:
            first = frame_index(result.frames.starts_s, float(start))
            after = first + 1
        inside = scores[first:after]
        means = inside.mean(axis=0, dtype=np.float64)
        others = means.copy()
        others[[BACKGROUND, label]] = -1
        other = int(others.argmax())
        told.append(
            ScoresInside(
                float(means[label]),
                float(inside[:, label].max()),
                other if others[other] >= 0 else None,
                max(float(others[other]), 0.0),
            )
        )
    return tuple(told)
