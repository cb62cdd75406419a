"""Every detection and every truth of a diagnosis in one table that can be filtered.

Detections come first, best score first, then the truths, video by video: the same run
gives the same list every time.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.diagnosis.columns import known, named, select
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS, KINDS
from dbs_core.evaluation.diagnosis.stages import STAGES
from dbs_core.records import ClassList

ROW_KINDS = (*KINDS, "found", "missed")
"""What a row can be, by number: a detection's kind, or what became of a truth."""

ERRORS = (*FALSE_KINDS, "missed")
FOUND, MISSED = ROW_KINDS.index("found"), ROW_KINDS.index("missed")

COLUMNS = (
    *("tiou", "video", "class", "start_s", "end_s", "score", "iou", "kind"),
    *("truth_class", "truth_start_s", "truth_end_s", "stage", "detection", "truth"),
)
"""Of a row as plain values; the last two are numbers within the video."""

Range = tuple[float, float]
"""Lowest and highest value, both included."""


@dataclass(frozen=True, eq=False)
class ErrorTable:
    """One row for each detection and each truth, in columns.

    Attributes:
        tiou: the threshold it was judged at.
        videos: what `video` indexes.
        classes: what `label` means.
        kind: index into `ROW_KINDS`.
        place: which detection or truth of its video, in the video's own order.
        video: the row's video.
        label: its class.
        spans_s: its start and end.
        score: of a detection; NaN for a truth.
        iou: of a detection with the truth that it overlaps most, whatever its class;
            of a truth the highest with a detection of its class.
        stage: of a truth, index into `STAGES`; -1 where it is not known.
        truth_label: class of the truth overlapped most, of a truth its own; 0 where
            none is overlapped.
        truth_s: span of that truth; NaN for none.
        truth_place: which truth of the video that is; -1 for none.
    """

    tiou: float
    videos: tuple[str, ...]
    classes: ClassList
    kind: Int[np.ndarray, " r"]
    place: Int[np.ndarray, " r"]
    video: Int[np.ndarray, " r"]
    label: Int[np.ndarray, " r"]
    spans_s: Float64[np.ndarray, "r 2"]
    score: Float64[np.ndarray, " r"]
    iou: Float64[np.ndarray, " r"]
    stage: Int[np.ndarray, " r"]
    truth_label: Int[np.ndarray, " r"]
    truth_s: Float64[np.ndarray, "r 2"]
    truth_place: Int[np.ndarray, " r"]

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def is_truth(self) -> Bool[np.ndarray, " r"]:
        """Which rows are truths."""
        return self.kind >= FOUND

    @property
    def errors(self) -> "ErrorTable":
        """The false detections and the missed truths."""
        return self.only(kinds=ERRORS)

    def select(self, rows: np.ndarray | slice) -> "ErrorTable":
        """Keep the rows of an index, a boolean array or a slice, in its order."""
        return select(self, rows)

    def only(
        self,
        *,
        kinds: Collection[str] | None = None,
        classes: Collection[str] | None = None,
        videos: Collection[str] | None = None,
        stages: Collection[str] | None = None,
        score: Range | None = None,
        length_s: Range | None = None,
    ) -> "ErrorTable":
        """Keep the rows that fit every filter; None is no filter.

        A filter on scores keeps no truth, one on stages no detection.
        """
        kept = (
            named(kinds, ROW_KINDS, self.kind)
            & named(classes, ("", *self.classes.names), self.label)
            & named(videos, self.videos, self.video)
            & named(stages, (*STAGES, ""), self.stage)
        )
        length = self.spans_s[:, 1] - self.spans_s[:, 0]
        for limits, value in ((score, self.score), (length_s, length)):
            if limits is not None:
                kept &= (value >= limits[0]) & (value <= limits[1])
        return self.select(kept)

    def beside(self, place: int, sign: int) -> int | None:
        """Give the next row of the same class after one, or the last before it."""
        (rows,) = np.nonzero(self.label == self.label[place])
        at = int(np.searchsorted(rows, place)) + sign
        return int(rows[at]) if 0 <= at < len(rows) else None

    def to_rows(self) -> list[dict[str, object]]:
        """List the rows as plain values by `COLUMNS`; None where there is nothing."""
        names = (None, *self.classes.names)
        stages = (*STAGES, None)  # -1 is the last
        truth = self.is_truth.tolist()
        place = self.place.tolist()
        columns = (
            [self.tiou] * len(self),
            [self.videos[i] for i in self.video],
            [names[i] for i in self.label],
            *self.spans_s.T.tolist(),
            [known(value) for value in self.score.tolist()],
            self.iou.tolist(),
            [ROW_KINDS[i] for i in self.kind],
            [names[i] for i in self.truth_label],
            *([known(value) for value in end] for end in self.truth_s.T.tolist()),
            [stages[i] for i in self.stage],
            [None if own else i for own, i in zip(truth, place, strict=True)],
            [None if i < 0 else i for i in self.truth_place.tolist()],
        )
        rows = zip(*columns, strict=True)
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def error_table(diagnosis: Diagnosis, tiou: float) -> ErrorTable:
    """List all detections and truths as they were judged at one threshold.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    marks, kinds = diagnosis.marks, diagnosis.kinds
    level, ranking = marks.at(tiou), marks.ranking
    found, truth = marks.found.segments.select(ranking), marks.truth.segments
    nearest = np.where(kinds.iou > 0, kinds.nearest, -1)[ranking]
    near = nearest >= 0
    truth_label, truth_place = np.zeros(len(found), np.int64), nearest.copy()
    truth_label[near] = truth.labels[nearest[near]]
    truth_place[near] = marks.truth.row[nearest[near]]
    truth_s = np.full((len(found), 2), np.nan)
    truth_s[near] = truth.spans_s[nearest[near]]
    unknown = np.full(len(found), -1, np.int64)
    stage = np.full(len(truth), -1, np.int64)
    if diagnosis.stages is not None:
        stage = diagnosis.stages[level]
    hit = marks.found_by[level] >= 0
    join = np.concatenate
    return ErrorTable(
        float(marks.tiou[level]),
        marks.videos,
        diagnosis.judged.classes,
        join([kinds.kind[level, ranking], np.where(hit, FOUND, MISSED)]),
        join([marks.found.row[ranking], marks.truth.row]),
        join([marks.found.video[ranking], marks.truth.video]),
        join([found.labels, truth.labels]),
        join([found.spans_s, truth.spans_s]),
        join([found.scores, np.full(len(truth), np.nan)]),
        join([kinds.iou[ranking], kinds.reached]),
        join([unknown, stage]),
        join([truth_label, truth.labels]),
        join([truth_s, truth.spans_s]),
        join([truth_place, marks.truth.row]),
    )
