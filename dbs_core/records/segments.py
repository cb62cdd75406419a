"""Spans with class and score: truth, proposals, detections, and candidates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.records.checks import freeze, require


@dataclass(frozen=True, eq=False)
class Segments:
    """Temporal spans with a class and a score: truth, proposals, detections alike.

    Truth has score 1. Class-agnostic proposals have label 0.
    """

    spans_s: Float64[np.ndarray, "n 2"]
    labels: Int[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]

    def __post_init__(self) -> None:
        n = len(self.spans_s)
        require(
            self.spans_s.shape == (n, 2)
            and self.labels.shape == (n,)
            and self.scores.shape == (n,),
            f"Segments: wanted spans [n, 2], labels [n], scores [n], got "
            f"{self.spans_s.shape}, {self.labels.shape}, {self.scores.shape}",
        )
        bad = np.flatnonzero(~(self.spans_s[:, 0] < self.spans_s[:, 1]))
        require(
            bad.size == 0,
            f"spans_s: wanted start < end, got {self.spans_s[bad[:1]].tolist()}",
        )
        require(
            bool(np.isfinite(self.spans_s).all() and np.isfinite(self.scores).all()),
            "Segments: wanted finite seconds and scores, got NaN or infinity",
        )
        freeze(self)

    def __len__(self) -> int:
        return len(self.spans_s)

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
        return Segments(self.spans_s[index], self.labels[index], self.scores[index])

    def in_time(self) -> "Segments":
        """Order them by their start."""
        return self.select(np.argsort(self.spans_s[:, 0], kind="stable"))


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

    @classmethod
    def none(cls) -> "VideoTruth":
        """Annotated as containing no action."""
        return cls(Segments.empty(), np.zeros((0, 2)))


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
        freeze(self)

    @property
    def kept(self) -> Int[np.ndarray, " m"]:
        """The indices of the candidates that NMS kept, best score first."""
        kept = np.flatnonzero(self.suppressed_by < 0)
        return kept[np.argsort(-self.segments.scores[kept], kind="stable")]

    @property
    def detections(self) -> Segments:
        """The candidates that NMS kept, best score first."""
        return self.segments.select(self.kept)
