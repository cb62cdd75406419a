"""What changed from one run to another: truths and false alarms, fixed or broken.

| list       | truth                | false alarm            |
|------------|----------------------|------------------------|
| fixed      | b alone finds it     | a alone has it         |
| broken     | a alone finds it     | b alone has it         |
| both wrong | nobody finds it      | both have it           |
| both right | both find it         |                        |

Two false alarms are one where they are of one class and video and overlap by IoU >=
0.5, whatever the threshold of the truth.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Int

from dbs_core.evaluation.diagnosis.columns import joined, known, named, select
from dbs_core.evaluation.diagnosis.error_table import FOUND, ROW_KINDS
from dbs_core.evaluation.diagnosis.sides import (
    Side,
    Spans,
    false_alarms,
    of_each,
    same_alarms,
    truths,
)
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.records import ClassList

CHANGES = ("fixed", "broken", "both wrong", "both right")
FIXED, BROKEN, BOTH_WRONG, BOTH_RIGHT = range(4)

LISTED = CHANGES[:3]
"""What a list of changes is about: the rest is right in both."""

COLUMNS = (
    *("tiou", "change", "what", "video", "class", "start_s", "end_s"),
    *("kind_a", "score_a", "iou_a", "kind_b", "score_b", "iou_b"),
    *("truth", "detection_a", "detection_b"),
)
"""Of a row as plain values; the last three are numbers within the video."""


@dataclass(frozen=True, eq=False)
class ChangeTable:
    """One row for each truth, and for each false alarm of either run.

    Attributes:
        tiou: the threshold of the truths.
        videos: what `video` indexes.
        classes: what `label` means.
        change: index into `CHANGES`.
        spans: the truths, and the false alarms: those of a, else those of b.
        a: what the first run has of each.
        b: what the second one has.
    """

    tiou: float
    videos: tuple[str, ...]
    classes: ClassList
    change: Int[np.ndarray, " r"]
    spans: Spans
    a: Side
    b: Side

    def __len__(self) -> int:
        return len(self.change)

    @property
    def is_truth(self) -> Bool[np.ndarray, " r"]:
        """Which rows are truths."""
        return self.spans.truth >= 0

    def count(self, *, truths: bool) -> dict[str, int]:
        """Count the truths, or the false alarms, by change."""
        rows = self.change[self.is_truth == truths]
        counts = np.bincount(rows, minlength=len(CHANGES))
        return dict(zip(CHANGES, counts.tolist(), strict=True))

    def select(self, rows: np.ndarray | slice) -> "ChangeTable":
        """Keep the rows of an index, a boolean array or a slice, in its order."""
        return replace(
            self,
            change=self.change[rows],
            spans=select(self.spans, rows),
            a=select(self.a, rows),
            b=select(self.b, rows),
        )

    def only(
        self,
        *,
        changes: Collection[str] | None = None,
        classes: Collection[str] | None = None,
        videos: Collection[str] | None = None,
        truths: bool | None = None,
    ) -> "ChangeTable":
        """Keep the rows that fit every filter; None is no filter."""
        kept = (
            named(changes, CHANGES, self.change)
            & named(classes, ("", *self.classes.names), self.spans.label)
            & named(videos, self.videos, self.spans.video)
        )
        return self.select(kept if truths is None else kept & (self.is_truth == truths))

    def to_rows(self) -> list[dict[str, object]]:
        """List the rows as plain values by `COLUMNS`; None where there is nothing."""
        columns = (
            [self.tiou] * len(self),
            [CHANGES[i] for i in self.change],
            np.where(self.is_truth, "truth", "false alarm").tolist(),
            [self.videos[i] for i in self.spans.video],
            [self.classes.name_of(int(i)) for i in self.spans.label],
            *self.spans.spans_s.T.tolist(),
            *_plain(self.a),
            *_plain(self.b),
            *(
                [None if i < 0 else i for i in column.tolist()]
                for column in (self.spans.truth, self.a.detection, self.b.detection)
            ),
        )
        rows = zip(*columns, strict=True)
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def change_table(two: TwoRuns, tiou: float) -> ChangeTable:
    """List every truth, then every false alarm, by what became of it.

    Truths by video, class and time; false alarms of a, best first, then those that b
    alone has.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    videos = tuple(sorted({*two.a.marks.videos, *two.b.marks.videos}))
    known_spans, known_a = truths(two.a, tiou, videos)
    _, known_b = truths(two.b, tiou, videos)
    spans_a, false_a = false_alarms(two.a, tiou, videos)
    spans_b, false_b = false_alarms(two.b, tiou, videos)
    pair = same_alarms(spans_a, spans_b)
    alone = np.setdiff1d(np.arange(len(spans_b.video)), pair)
    every_a = np.concatenate([np.arange(len(pair)), np.full(len(alone), -1)])
    every_b = np.concatenate([pair, alone])
    a = joined(known_a, of_each(false_a, every_a))
    b = joined(known_b, of_each(false_b, every_b))
    spans = joined(known_spans, spans_a, select(spans_b, alone))
    is_truth = spans.truth >= 0
    right_a, right_b = (
        np.where(is_truth, side.kind == FOUND, side.kind < 0) for side in (a, b)
    )
    return ChangeTable(
        float(two.a.marks.tiou[two.a.marks.at(tiou)]),
        videos,
        two.a.judged.classes,
        np.select(
            [right_a & right_b, right_b, right_a],
            [BOTH_RIGHT, FIXED, BROKEN],
            BOTH_WRONG,
        ),
        spans,
        a,
        b,
    )


def _plain(side: Side) -> tuple[list[str | None], list[object], list[object]]:
    kinds = (*ROW_KINDS, None)
    return (
        [kinds[i] for i in side.kind],
        [known(value) for value in side.score.tolist()],
        [known(value) for value in side.iou.tolist()],
    )
