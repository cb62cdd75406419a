"""One line on a video: classes, what can be judged, best score over time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from dbs_core.evaluation.traces import Trace
from dbs_core.evaluation.video_spans import VideoSpans, spans_of
from dbs_core.records import (
    BACKGROUND,
    Candidates,
    Segments,
    VideoResult,
    classes_present,
)
from dbs_core.records.result import Spans

POINTS = 40  # of the sparkline


def no_trace() -> Trace:
    """Nothing is known of how the detections came about."""
    nothing = Segments.empty()
    lost = np.zeros(0, np.int64)
    return Trace(nothing, Candidates(nothing, lost, np.zeros(0), lost))


@dataclass(frozen=True, eq=False)
class Summary:
    """What the table says of a video, and what counts and figures are made of.

    Attributes:
        stamp: changes when the result does.
        video_id: name of the video.
        key: its id in addresses of data.
        duration_s: its length.
        labels: its classes, true or found.
        spans: detections as files hold them, and truth.
        best: best score of any frame.
        spark: the best score over time, thinned out.
        thumb: the sample with the best score.
        notes: what was wrong with the video itself.
        trace: tells how the run came to the detections.
        problem: why the result cannot be read.
        problem_in_public: the same without a word from the file.
        file: stem of the file of a result that cannot be read.
    """

    stamp: str
    video_id: str
    key: str
    duration_s: float
    labels: tuple[int, ...]
    spans: VideoSpans
    best: float
    spark: tuple[float, ...]
    thumb: int
    notes: str = ""
    trace: Callable[[], Trace] = no_trace
    problem: str = ""
    problem_in_public: str = ""
    file: str = ""

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
        notes="; ".join(result.info.problems),
        trace=partial(Trace, result.proposals, result.candidates),
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
