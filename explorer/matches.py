"""Which detections of a video are right: the evaluation's marks, at one threshold."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation import thumos
from dbs_core.overlap import temporal_iou
from dbs_core.records import ClassList, Segments, VideoResult

TIOU = 0.5
RULE = "THUMOS'14 matching, tIoU > 0.5"
Verdict = Literal["right", "wrong", "ignored"]


@dataclass(frozen=True, eq=False)
class Matches:
    """Each detection's truth (-1: none), verdict and best overlap; and the reverse.

    Rows are those of `result.detections` and of the truth's segments.
    """

    truth_of: Int[np.ndarray, " n"]
    verdicts: tuple[Verdict, ...]
    overlap: Float64[np.ndarray, " n"]
    found_by: Int[np.ndarray, " m"]

    @property
    def wrong(self) -> int:
        """Number of detections counted false."""
        return self.verdicts.count("wrong")

    @property
    def missed(self) -> int:
        """Number of truths that no detection found."""
        return int((self.found_by < 0).sum())


def judge(result: VideoResult) -> Matches | None:
    """Judge a video's detections by the THUMOS'14 rules; None without truth."""
    if result.truth is None:
        return None
    found, key = result.detections, result.video_id
    marks = thumos.match({key: found}, {key: result.truth}, tiou=(TIOU,))
    mine = marks.of_video(key, TIOU)
    names: dict[str, Verdict] = {
        "true": "right",
        "false": "wrong",
        "ignored": "ignored",
    }
    return Matches(
        mine.truth_of,
        tuple(names[name] for name in mine.names),
        _overlaps(found, result.truth.segments),
        mine.found_by,
    )


def _overlaps(found: Segments, truth: Segments) -> Float64[np.ndarray, " n"]:
    """Give each detection's largest IoU with a truth of its class."""
    iou = temporal_iou(found.spans_s, truth.spans_s)
    same = found.labels[:, None] == truth.labels[None, :]
    return np.where(same, iou, 0.0).max(axis=1, initial=0.0)


def video_precision(result: VideoResult, classes: ClassList) -> float | None:
    """Give the mean AP at 0.5 of this video alone; None without an action in it."""
    if result.truth is None or not len(result.truth.segments):
        return None
    key = result.video_id
    found = thumos.evaluate(
        {key: result.detections}, {key: result.truth}, classes, tiou=(TIOU,)
    )
    return float(found.mean[0])
