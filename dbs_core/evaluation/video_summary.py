"""One line on a video: classes, counts, AP, best score over time."""

from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.video_matches import judge, video_precision
from dbs_core.records import ClassList, VideoResult, classes_present

POINTS = 40  # of the sparkline


@dataclass(frozen=True)
class Summary:
    """What the table says of a video. Counts against the truth are None without one."""

    stamp: str
    video_id: str
    key: str
    duration_s: float
    labels: tuple[int, ...]
    instances: int | None
    found: int
    wrong: int | None
    missed: int | None
    precision: float | None
    best: float
    spark: tuple[float, ...]
    thumb: int
    problem: str = ""

    @property
    def errors(self) -> int:
        """Wrong detections and missed truths."""
        return (self.wrong or 0) + (self.missed or 0)


def summarise(
    result: VideoResult, classes: ClassList, *, key: str, stamp: str
) -> Summary:
    """Put a result into one line; `key` and `stamp` are the caller's names for it."""
    found, truth = result.detections, result.truth
    matches = judge(result)
    precision = video_precision(result, classes)
    action = result.frames.probability[:, 1:].max(axis=1, initial=0.0)
    return Summary(
        stamp=stamp,
        video_id=result.video_id,
        key=key,
        duration_s=result.info.duration_s,
        labels=classes_present(result),
        instances=len(truth.segments) if truth is not None else None,
        found=len(found),
        wrong=matches.wrong if matches else None,
        missed=matches.missed if matches else None,
        precision=None if precision is None else round(precision, 4),
        best=round(float(action.max(initial=0.0)), 4),
        spark=peaks(action),
        thumb=int(action.argmax()) if len(action) else 0,
    )


def peaks(values: np.ndarray) -> tuple[float, ...]:
    """Thin a curve out to its largest value in each of forty equal parts."""
    if len(values) <= POINTS:
        return tuple(round(float(v), 3) for v in values)
    starts = np.linspace(0, len(values), POINTS, endpoint=False).astype(int)
    return tuple(round(float(v), 3) for v in np.maximum.reduceat(values, starts))
