"""Which detections of a video are right: the evaluation's marks, at one tIoU."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.records.overlap import highest_iou
from dbs_core.records.result import Spans

TIOU = 0.5
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


def judge(result: Spans, rule: Rule = THUMOS, *, tiou: float = TIOU) -> Matches | None:
    """Judge a video's detections by a benchmark's rule; None without truth."""
    if result.truth is None:
        return None
    found, key = result.detections, result.video_id
    marks = rule.match({key: found}, {key: result.truth}, tiou=(tiou,))
    mine = marks.of_video(key, tiou)
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
    highest = np.zeros(len(found))
    for label in np.unique(truth.labels):
        here = found.labels == label
        own = truth.spans_s[truth.labels == label]
        highest[here] = highest_iou(found.spans_s[here], own)
    return highest


def video_precision(
    result: Spans, classes: ClassList, rule: Rule = THUMOS
) -> float | None:
    """Give the mean AP at 0.5 of this video alone; None without an action in it.

    Only the classes of its truth count, so only they are evaluated.
    """
    if result.truth is None or not len(result.truth.segments):
        return None
    key, found, truth = result.video_id, result.detections, result.truth
    present = np.unique(truth.segments.labels)
    few = ClassList(
        tuple(classes.name_of(int(label)) for label in present),
        tuple(classes.official_ids[label - 1] for label in present),
    )
    kept = found.select(np.isin(found.labels, present))
    report = rule.evaluate(
        {key: _renumbered(kept, present)},
        {key: VideoTruth(_renumbered(truth.segments, present), truth.ambiguous_s)},
        few,
        tiou=(TIOU,),
    )
    return float(report.mean[0])


def _renumbered(segments: Segments, present: Int[np.ndarray, " a"]) -> Segments:
    """Give labels their place among the classes present, from 1."""
    places = np.searchsorted(present, segments.labels) + 1
    return Segments(segments.spans_s, places, segments.scores)
