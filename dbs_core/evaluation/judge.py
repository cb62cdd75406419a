"""A data set judged at any tIoU, from any score on: counts, AP, precision and recall.

From a score on is as if weaker detections had not been made: by THUMOS'14's rule a
truth takes the detection that overlaps it most, whatever it scores, so matching has to
be done anew.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.of_videos import precision_of_videos
from dbs_core.evaluation.protocols.report import Report
from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.video_matches import TIOU
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import ClassList

KEPT = 8  # ways of judging whose marks stay at hand
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(20))
"""Scores that a threshold is chosen from."""


@dataclass(frozen=True)
class Judging:
    """How detections are judged: at which tIoU, from which score on (None: all)."""

    tiou: float = TIOU
    threshold: float | None = None


EVERYTHING = Judging()
"""All detections, at the usual tIoU."""


@dataclass(frozen=True)
class Judged:
    """How many are right, wrong, ignored and missed; `None` where nothing is known.

    `precision` is the mean AP of the classes in the truth.
    """

    found: int
    instances: int | None = None
    right: int | None = None
    wrong: int | None = None
    missed: int | None = None
    precision: float | None = None

    @property
    def errors(self) -> int:
        """Wrong detections and missed truths."""
        return (self.wrong or 0) + (self.missed or 0)


@dataclass(frozen=True)
class OperatingPoint:
    """Counts over all videos with truth; ignored detections are in none of them."""

    right: int
    wrong: int
    missed: int

    @property
    def truths(self) -> int:
        """Number of truths."""
        return self.right + self.missed

    @property
    def precision(self) -> float | None:
        """Share of detections that are right; None where nothing was found."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Share of truths that were found; None where there is no truth."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two."""
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


class Judge:
    """The detections of many videos beside their truth, judged by one rule."""

    def __init__(self, videos: Iterable[VideoSpans], rule: Rule = THUMOS) -> None:
        self.rule = rule
        self.videos = {video.video_id: video for video in videos}
        self._marks: dict[Judging, Marks] = {}
        self._report: Report | None = None
        self._last: tuple[object, Mapping[str, Judged]] = (None, {})

    def marks(self, judging: Judging) -> Marks:
        """Say what becomes of each detection and truth of the videos with truth."""
        if judging not in self._marks:
            while len(self._marks) >= KEPT:
                self._marks.pop(next(iter(self._marks)), None)
            self._marks[judging] = self._match(judging.threshold, (judging.tiou,))
        return self._marks[judging]

    def _match(self, threshold: float | None, tiou: Sequence[float]) -> Marks:
        known = {k: v for k, v in self.videos.items() if v.truth is not None}
        truth = {key: video.truth for key, video in known.items()}
        found = {
            key: (v if threshold is None else v.from_score(threshold)).detections
            for key, v in known.items()
        }
        return self.rule.match(found, truth, tiou=tiou)

    def videos_at(
        self, judging: Judging, labels: Collection[int] = ()
    ) -> Mapping[str, Judged]:
        """Judge each video by itself.

        Args:
            judging: at which tIoU, and from which score on.
            labels: the classes that count (none named: all).
        """
        asked = judging, frozenset(labels)
        last, judged = self._last
        if last != asked:
            counts = _Counts(self, judging, labels)
            judged = {key: counts.of(video) for key, video in self.videos.items()}
            self._last = asked, judged  # a search asks for the same again
        return judged

    def whole(self, judging: Judging, labels: Collection[int] = ()) -> OperatingPoint:
        """Count over all videos with truth."""
        marks = self.marks(judging)
        kept = _of(marks.found.segments.labels, labels)
        truths = int(_of(marks.truth.segments.labels, labels).sum())
        right = int((marks.true[0] & kept).sum())
        return OperatingPoint(right, int((marks.false[0] & kept).sum()), truths - right)

    def mean_precision(
        self, classes: ClassList, tiou: float = TIOU, labels: Collection[int] = ()
    ) -> float | None:
        """Give the mAP of all detections, of some classes where any are named.

        None where none of them has truth.
        """
        report = self._reported(classes)
        (level,) = np.flatnonzero(np.isclose(report.tiou, tiou))
        return _mean(report.average_precision[level], labels)

    def average_precision(
        self, classes: ClassList, labels: Collection[int] = ()
    ) -> float | None:
        """Give the same on average over the tIoUs of the rule."""
        levels = self._reported(classes).average_precision
        found = [_mean(values, labels) for values in levels]
        known = [value for value in found if value is not None]
        return float(np.mean(known)) if known else None

    def _reported(self, classes: ClassList) -> Report:
        if self._report is None:
            known = {k: v for k, v in self.videos.items() if v.truth is not None}
            self._report = self.rule.evaluate(
                {key: video.detections for key, video in known.items()},
                {key: video.truth for key, video in known.items()},
                classes,
                tiou=self.rule.tiou,
            )
        return self._report

    def best_threshold(self, tiou: float = TIOU) -> float | None:
        """Give the score of `THRESHOLDS` from which F1 is highest, of equals the first.

        None where nothing is right from any on.
        """
        points = [(self.whole(Judging(tiou, t)).f1 or 0.0, -t) for t in THRESHOLDS]
        best, threshold = max(points)
        return -threshold if best else None


def _mean(ap: Float64[np.ndarray, " a"], labels: Collection[int]) -> float | None:
    """Average over the classes that have truth, of some where any are named."""
    chosen = ap[[x - 1 for x in sorted(labels)]] if labels else ap
    known = chosen[~np.isnan(chosen)]
    return float(known.mean()) if len(known) else None


def _of(
    values: Int[np.ndarray, " n"], labels: Collection[int]
) -> Bool[np.ndarray, " n"]:
    return np.isin(values, list(labels)) if labels else np.ones(len(values), bool)


class _Counts:
    """Counts of all videos at once, and the AP of each pair of video and class."""

    def __init__(self, judge: Judge, judging: Judging, labels: Collection[int]) -> None:
        marks = judge.marks(judging)
        kept = _of(marks.found.segments.labels, labels)
        truths = _of(marks.truth.segments.labels, labels)
        size = len(marks.videos)

        def per_video(rows: Bool[np.ndarray, " n"], video: np.ndarray) -> list[int]:
            counts: list[int] = np.bincount(video[rows], minlength=size).tolist()
            return counts

        video = marks.found.video
        found = per_video(kept, video)
        right = per_video(marks.true[0] & kept, video)
        wrong = per_video(marks.false[0] & kept, video)
        instances = per_video(truths, marks.truth.video)
        precision = precision_of_videos(marks, judge.rule.interpolation, kept, truths)
        self.known = {
            key: Judged(
                found[at],
                instances[at],
                right[at],
                wrong[at],
                instances[at] - right[at],
                precision.get(at),
            )
            for at, key in enumerate(marks.videos)
        }
        self.labels, self.judging = labels, judging

    def of(self, video: VideoSpans) -> Judged:
        if video.truth is not None:
            return self.known[video.video_id]
        found = video.detections
        kept = _of(found.labels, self.labels)
        if self.judging.threshold is not None:
            kept &= found.scores >= self.judging.threshold
        return Judged(int(kept.sum()))
