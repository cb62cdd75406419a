"""One line on a video: classes, what can be judged, best score over time."""

from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.video_spans import VideoSpans, spans_of
from dbs_core.records import BACKGROUND, Segments, VideoResult, classes_present
from dbs_core.records.result import Spans

POINTS = 40  # of the sparkline


@dataclass(frozen=True, eq=False)
class Summary:
    """What the table says of a video, and what the table's counts are made of."""

    stamp: str
    video_id: str
    key: str
    duration_s: float
    labels: tuple[int, ...]
    spans: VideoSpans
    best: float
    spark: tuple[float, ...]
    thumb: int
    problem: str = ""

    def in_truth(self) -> frozenset[int]:
        """Labels that the annotation has in this video."""
        truth = self.spans.truth
        return frozenset(truth.segments.labels.tolist() if truth else ())

    def among_detections(self) -> frozenset[int]:
        """Labels that were found in this video, rightly or not."""
        return frozenset(self.spans.detections.labels.tolist())


def summarise(result: VideoResult, *, key: str, stamp: str) -> Summary:
    """Put a result into one line; `key` and `stamp` are the caller's names for it."""
    action = result.frames.probability[:, 1:].max(axis=1, initial=0.0)
    return Summary(
        stamp=stamp,
        video_id=result.video_id,
        key=key,
        duration_s=result.info.duration_s,
        labels=classes_present(result),
        spans=spans_of(result),
        best=round(float(action.max(initial=0.0)), 4),
        spark=peaks(action),
        thumb=int(action.argmax()) if len(action) else 0,
    )


def first_action_s(video: Spans, label: int, duration_s: float) -> float | None:
    """Give the middle of a class's first action: a true one, else one found.

    Of what lies in the video: truth may go on after its end.
    """
    truth = video.truth.segments if video.truth else Segments.empty()
    for known in (truth, video.detections):
        spans = known.select(known.labels == label).in_time().spans_s
        if len(spans):
            return float(spans[0].clip(0, duration_s).mean())
    return None


def strongest_classes(result: VideoResult) -> tuple[int, ...]:
    """Order all classes by their best frame score, the highest first."""
    best = result.frames.probability.max(axis=0, initial=0.0)
    return tuple(int(x) for x in np.argsort(-best) if x != BACKGROUND)


def peaks(values: np.ndarray) -> tuple[float, ...]:
    """Thin a curve out to its largest value in each of forty equal parts."""
    if len(values) <= POINTS:
        return tuple(round(float(v), 3) for v in values)
    starts = np.linspace(0, len(values), POINTS, endpoint=False).astype(int)
    return tuple(round(float(v), 3) for v in np.maximum.reduceat(values, starts))
