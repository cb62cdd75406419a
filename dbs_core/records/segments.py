"""Spans with class and score: truth, proposals, detections, and candidates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.records.checks import UNKEPT, freeze, require
from dbs_core.records.classes import ClassList
from dbs_core.records.one_line import cut, one_line

SHOWN = 3
"""Segments that a list shows of itself one by one."""
Place = int | np.int64


@dataclass(frozen=True)
class Segment:
    """One span, `[start_s, end_s)`, its label and score, and its name where known."""

    start_s: float
    end_s: float
    label: int
    score: float
    name: str | None = None

    __repr__ = one_line


@dataclass(frozen=True, eq=False)
class Segments:
    """Temporal spans with a class and a score: truth, proposals, detections alike.

    Truth has score 1. Class-agnostic proposals have label 0. `classes` says what
    labels mean, where that is known; no file holds it. They are a sequence of
    `Segment`: `segments[0]`, `segments[:5]`, `for segment in segments`.
    """

    spans_s: Float64[np.ndarray, "n 2"]
    labels: Int[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]
    classes: ClassList | None = field(default=None, metadata=UNKEPT)

    def __post_init__(self) -> None:
        spans, n = self.spans_s, len(self.spans_s)
        if not (
            spans.shape == (n, 2) and self.labels.shape == self.scores.shape == (n,)
        ):
            raise ValueError(
                f"Segments: wanted spans [n, 2], labels [n], scores [n], got "
                f"{spans.shape}, {self.labels.shape}, {self.scores.shape}"
            )
        right = spans[:, 0] < spans[:, 1]
        if not right.all():
            raise ValueError(
                f"spans_s: wanted start < end, got {spans[~right][:1].tolist()}"
            )
        if not (np.isfinite(spans).all() and np.isfinite(self.scores).all()):
            raise ValueError(
                "Segments: wanted finite seconds and scores, got NaN or infinity"
            )
        freeze(self)

    def __len__(self) -> int:
        return len(self.spans_s)

    def __iter__(self) -> Iterator[Segment]:
        return (self[place] for place in range(len(self)))

    @overload
    def __getitem__(self, place: Place) -> Segment: ...

    @overload
    def __getitem__(self, place: slice | np.ndarray) -> "Segments": ...

    def __getitem__(self, place: Place | slice | np.ndarray) -> "Segment | Segments":
        if isinstance(place, slice | np.ndarray):
            return self.select(place)
        start_s, end_s = self.spans_s[place].tolist()
        label = int(self.labels[place])
        score = float(self.scores[place])
        return Segment(start_s, end_s, label, score, self._name(label))

    def __repr__(self) -> str:
        shown = [_in_words(segment) for segment in self[:SHOWN]]
        rest = ["..."] if len(self) > SHOWN else []
        listed = f": {'; '.join([*shown, *rest])}" if shown else ""
        return f"Segments({len(self)}{listed})"

    def _name(self, label: int) -> str | None:
        """Give a class's name; None where it is not known, whatever the label."""
        known = self.classes is not None and 0 <= label <= len(self.classes)
        return self.classes.name_of(label) if self.classes and known else None

    @classmethod
    def empty(cls) -> "Segments":
        """No segment at all."""
        return cls(np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))

    @classmethod
    def of(
        cls,
        spans_s: Sequence[Sequence[float]] | np.ndarray,
        labels: Sequence[int] | np.ndarray,
        scores: Sequence[float] | np.ndarray | None = None,
    ) -> "Segments":
        """Build from plain lists; scores default to 1 (truth)."""
        spans = np.asarray(spans_s, np.float64).reshape(-1, 2)
        return cls(
            spans,
            np.asarray(labels, np.int64).reshape(-1),
            np.ones(len(spans))
            if scores is None
            else np.asarray(scores, np.float64).reshape(-1),
        )

    def as_written(self) -> "Segments":
        """Give them as files hold them: to a millisecond, scores to six digits.

        What is evaluated is what was written, or a span whose IoU stands on a threshold
        would be right in memory and wrong in the file.
        """
        return Segments(self.spans_s.round(3), self.labels, self.scores.round(6))

    def select(self, index: np.ndarray | slice) -> "Segments":
        """Keep the segments of an index or boolean array, in its order."""
        return Segments(
            self.spans_s[index], self.labels[index], self.scores[index], self.classes
        )

    @property
    def ranking(self) -> Int[np.ndarray, " n"]:
        """The indices, best score first; of equal scores the earlier one first."""
        return np.argsort(-self.scores, kind="stable")

    def best_first(self) -> "Segments":
        """Order them by their score."""
        return self.select(self.ranking)

    @property
    def time_order(self) -> Int[np.ndarray, " n"]:
        """The indices by start; of equal starts the earlier one first."""
        return np.argsort(self.spans_s[:, 0], kind="stable")

    def in_time(self) -> "Segments":
        """Order them by their start."""
        return self.select(self.time_order)

    def named(self, classes: ClassList | None) -> "Segments":
        """Give the same segments with what their labels mean."""
        return self if classes is self.classes else replace(self, classes=classes)

    def to_rows(self, classes: ClassList | None = None) -> list[dict[str, object]]:
        """List them as plain values, for `pandas.DataFrame` or a CSV writer.

        Keys: start_s, end_s, label (the class's name where it is known, from here or
        from `classes`, else its number), score.
        """
        return [
            {
                "start_s": one.start_s,
                "end_s": one.end_s,
                "label": one.label if one.name is None else one.name,
                "score": one.score,
            }
            for one in self.named(classes or self.classes)
        ]


def _in_words(segment: Segment) -> str:
    name = f"label {segment.label}" if segment.name is None else cut(segment.name)
    return f"{segment.start_s:.1f}-{segment.end_s:.1f} s {name} {segment.score:.3f}"


@dataclass(frozen=True, eq=False)
class VideoTruth:
    """What the annotation says of one video.

    `ambiguous_s` are spans that are neither action nor background (THUMOS'14's
    Ambiguous): left out of training, and detections there are not counted false.
    """

    segments: Segments
    ambiguous_s: Float64[np.ndarray, "m 2"]

    def __post_init__(self) -> None:
        freeze(self)

    __repr__ = one_line

    @classmethod
    def none(cls) -> "VideoTruth":
        """Annotated as containing no action."""
        return cls(Segments.empty(), np.zeros((0, 2)))

    def named(self, classes: ClassList | None) -> "VideoTruth":
        """Give the same truth with what its labels mean."""
        return replace(self, segments=self.segments.named(classes))


def clip_truth(truth: VideoTruth, duration_s: float) -> VideoTruth:
    """Cut truth to the video; spans wholly outside it are dropped."""
    spans_s, inside = _clip(truth.segments.spans_s, duration_s)
    ambiguous_s, _ = _clip(truth.ambiguous_s, duration_s)
    kept = truth.segments.select(inside)
    return VideoTruth(Segments(spans_s, kept.labels, kept.scores), ambiguous_s)


def _clip(spans_s: np.ndarray, duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the spans cut to [0, duration), and which of them are left."""
    cut = np.clip(spans_s, 0.0, duration_s)
    inside = cut[:, 0] < cut[:, 1]
    return cut[inside], inside


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every refined proposal with what became of it.

    `segments` are the refined spans with their class and score; `proposal[i]` is
    the proposal it came from; `level[i]` is the mean minus standard deviation that
    its frames had to reach (METHOD section 7), 0 where a head set the boundaries;
    `suppressed_by[i]` is -1 for a detection, else the index of the candidate that
    removed it in NMS.
    """

    segments: Segments
    proposal: Int[np.ndarray, " n"]
    level: Float64[np.ndarray, " n"]
    suppressed_by: Int[np.ndarray, " n"]

    def __post_init__(self) -> None:
        n = len(self.segments)
        arrays = self.proposal, self.level, self.suppressed_by
        require(
            all(len(array) == n for array in arrays)
            and bool(((self.suppressed_by >= -1) & (self.suppressed_by < n)).all()),
            f"Candidates: wanted proposal, level and winner of {n} segments, got "
            f"{[len(array) for array in arrays]}",
        )
        freeze(self)

    __repr__ = one_line

    @property
    def kept(self) -> Int[np.ndarray, " m"]:
        """The indices of the candidates that NMS kept, best score first."""
        ranking = self.segments.ranking
        return ranking[self.suppressed_by[ranking] < 0]

    @property
    def detections(self) -> Segments:
        """The candidates that NMS kept, best score first."""
        return self.segments.select(self.kept)
