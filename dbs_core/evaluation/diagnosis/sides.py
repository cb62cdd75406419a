"""The truths and false alarms of one of two runs, laid out so that they line up."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.diagnosis.columns import joined, select
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import FOUND, MISSED
from dbs_core.evaluation.protocols.matching import MatchRule, match_greedily

SAME_ALARM = 0.5
"""From this overlap on two false alarms are the same."""

RULE = MatchRule(strict=False, tie="first", rounding="sum")
"""Of equal ones the better, so that a run beside itself pairs each with itself."""


@dataclass(frozen=True, eq=False)
class Spans:
    """Where spans lie; `truth` is the place in its video's truth, -1 for none."""

    video: Int[np.ndarray, " r"]
    label: Int[np.ndarray, " r"]
    spans_s: Float64[np.ndarray, "r 2"]
    truth: Int[np.ndarray, " r"]


@dataclass(frozen=True, eq=False)
class Side:
    """What a run has of each span.

    `kind` indexes `ROW_KINDS`, -1 where the run has no such false alarm; `detection`
    is the place of the detection among those of its video, -1 for none, and `score`
    its score. `iou` is the highest overlap: of a truth with a detection of its class,
    of a false alarm with a truth.
    """

    kind: Int[np.ndarray, " r"]
    detection: Int[np.ndarray, " r"]
    score: Float64[np.ndarray, " r"]
    iou: Float64[np.ndarray, " r"]


NOTHING = Side(np.array([-1]), np.array([-1]), np.array([np.nan]), np.array([np.nan]))
"""The one row of what a run does not have."""


def truths(
    diagnosis: Diagnosis, tiou: float, videos: tuple[str, ...]
) -> tuple[Spans, Side]:
    """Give the truths by video, class and time, and what found them."""
    marks, found = diagnosis.marks, diagnosis.marks.found
    spans = Spans(
        _numbers(marks.videos, videos)[marks.truth.video],
        marks.truth.segments.labels,
        marks.truth.segments.spans_s,
        marks.truth.row,
    )
    by = marks.found_by[marks.at(tiou)]
    side = Side(
        np.where(by >= 0, FOUND, MISSED),
        np.append(found.row, -1)[by],
        np.append(found.segments.scores, np.nan)[by],
        diagnosis.kinds.reached,
    )
    start, end = spans.spans_s.round(3).T
    order = np.lexsort([spans.truth, end, start, spans.label, spans.video])
    return select(spans, order), select(side, order)


def false_alarms(
    diagnosis: Diagnosis, tiou: float, videos: tuple[str, ...]
) -> tuple[Spans, Side]:
    """Give the false detections, best score first."""
    marks, kinds = diagnosis.marks, diagnosis.kinds
    level, found = marks.at(tiou), marks.found
    false = marks.ranking[marks.false[level, marks.ranking]]
    spans = Spans(
        _numbers(marks.videos, videos)[found.video[false]],
        found.segments.labels[false],
        found.segments.spans_s[false],
        np.full(len(false), -1),
    )
    return spans, Side(
        kinds.kind[level, false],
        found.row[false],
        found.segments.scores[false],
        kinds.iou[false],
    )


def same_alarms(a: Spans, b: Spans) -> Int[np.ndarray, " r"]:
    """Give each false alarm of a the one of b that is the same, -1 for none."""
    most = 1 + max(a.video.max(initial=0), b.video.max(initial=0))
    return match_greedily(
        a.spans_s,
        a.label * most + a.video,
        b.spans_s,
        b.label * most + b.video,
        np.array([SAME_ALARM]),
        RULE,
    )[0]


def of_each(side: Side, rows: Int[np.ndarray, " r"]) -> Side:
    """Take rows of a side; -1 is what it does not have."""
    return select(joined(side, NOTHING), rows)


def _numbers(own: tuple[str, ...], videos: tuple[str, ...]) -> Int[np.ndarray, " v"]:
    """Give the number that each of the run's own videos has among all."""
    number = {video: i for i, video in enumerate(videos)}
    return np.array([number[video] for video in own], np.int64)
