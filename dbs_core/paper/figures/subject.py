"""The video a figure of the paper is about: records, pictures of frames, colours."""

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.heat import heat_map
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.pictures.heat_maps import score_top
from dbs_core.pictures.palette import PRINT, class_colours
from dbs_core.pictures.stills import Image, still_or_patch
from dbs_core.records import (
    ClassList,
    FrameGeometry,
    Segments,
    VideoResult,
    classes_present,
)
from dbs_core.runs.run import Run

SPAN_S = 60.0
"""Longest time that a timeline shows."""
OVERLAP = 0.3
"""Of two detections that share more of the shorter one, the better is drawn."""
EQUATION = {"argmax": "Eq. 7", "soft": "Eq. 6"}
"""What a run's projection is called in the paper."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One video of a run, with the score from which a detection is drawn."""

    run: Run
    result: VideoResult
    threshold: float

    @property
    def classes(self) -> ClassList:
        """The run's classes."""
        return self.run.info.classes

    @property
    def has_video(self) -> bool:
        """Whether the video file is at hand."""
        return self.run.video_file(self.result).is_file()

    @property
    def note(self) -> str:
        """What must be said of the pictures of its frames."""
        if self.has_video:
            return ""
        return "The video file is not at hand: mean image in place of frames."

    @property
    def found(self) -> Segments:
        """The detections that are drawn: of those that overlap, the best."""
        found = self.result.detections
        strong = found.select(found.scores >= self.threshold)
        kept: list[int] = []
        for i, (start, end) in enumerate(strong.spans_s):
            others = np.clip(strong.spans_s[kept], start, end)
            covered = others[:, 1] - others[:, 0]
            length = np.minimum(end - start, np.diff(strong.spans_s[kept])[:, 0])
            if not np.any(covered > OVERLAP * length):
                kept.append(i)
        return strong.select(np.array(kept, np.int64))

    @property
    def truth(self) -> Segments:
        """The truth, empty where nothing is known."""
        return self.result.truth.segments if self.result.truth else Segments.empty()

    @property
    def labels(self) -> tuple[int, ...]:
        """The classes that are drawn: those of the truth, then those found."""
        drawn = {int(x) for x in (*self.truth.labels, *self.found.labels)}
        return tuple(x for x in classes_present(self.result) if x in drawn)

    @property
    def colours(self) -> dict[int, str]:
        """The colour of each class that is drawn."""
        return class_colours(self.labels, len(self.classes), PRINT)

    @property
    def names(self) -> dict[str, str]:
        """The colours by the classes' names."""
        return {self.classes.name_of(label): c for label, c in self.colours.items()}

    def span_s(self) -> tuple[float, float]:
        """The time shown: all of it, or the minute that holds most action."""
        duration = self.result.info.duration_s
        if duration <= SPAN_S:
            return 0.0, duration
        spans = self.truth.spans_s if len(self.truth) else self.found.spans_s
        starts = np.arange(0.0, duration - SPAN_S + 1, 5.0)
        ends = np.minimum(spans[:, 1, None], starts + SPAN_S)
        held = np.maximum(0, ends - np.maximum(spans[:, 0, None], starts)).sum(axis=0)
        start = float(starts[held.argmax()])
        return start, start + SPAN_S

    def indices(self, count: int) -> tuple[int, ...]:
        """Choose a sampled frame in each of equal parts of the time shown.

        It is the middle of the part, or of the action that fills most of it.
        """
        edges = np.linspace(*self.span_s(), count + 1)
        parts = itertools.pairwise(edges)
        times = [self._telling(float(a), float(b)) for a, b in parts]
        return tuple(frame_index(self.result.placement.starts_s, t) for t in times)

    def _telling(self, start: float, end: float) -> float:
        spans = (self.truth if len(self.truth) else self.found).spans_s
        inside = np.clip(spans, start, end)
        length = inside[:, 1] - inside[:, 0]
        if length.max(initial=0.0) < 0.1 * (end - start):
            return (start + end) / 2
        return float(inside[length.argmax()].mean())

    def image(self, index: int) -> tuple[Image, FrameGeometry]:
        """Give the picture of a sampled frame and what the features see of it."""
        path = self.run.video_file(self.result)
        return still_or_patch(path, self.result, index)

    def label_at(self, time_s: float, segments: Segments) -> int:
        """Give the class of the best segment at a time, 0 where there is none."""
        start, end = segments.spans_s.T
        here = np.flatnonzero((start <= time_s) & (time_s < end))
        return int(segments.labels[here[0]]) if len(here) else 0

    def heat(self, index: int, label: int) -> Float32[np.ndarray, "h w"]:
        """Give a frame's map of a class as the paper draws it, the bare score.

        It is in shares of the video's largest score.
        """
        heat = heat_map(self.result, index, label, "score")
        return np.asarray(heat / score_top(self.result, label), np.float32)
