"""Which detection is right, and which truth it found: the result of matching."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.protocols.span_table import SpanTable
from dbs_core.records import Segments, VideoTruth

Mark = Literal["true", "false", "ignored"]


@dataclass(frozen=True, eq=False)
class Marks:
    """Every detection and truth of a run with its match, at each threshold.

    `truth_of[k, i]` is the truth (index into `truth`) that detection i found, or
    -1. `ignored` detections are unmatched and yet not counted false. `ranking`
    lists the detections best first, ties as the protocol breaks them.
    """

    videos: tuple[str, ...]
    found: SpanTable
    truth: SpanTable
    tiou: Float64[np.ndarray, " k"]
    truth_of: Int[np.ndarray, "k n"]
    ignored: Bool[np.ndarray, "k n"]
    ranking: Int[np.ndarray, " n"]

    @cached_property
    def true(self) -> Bool[np.ndarray, "k n"]:
        """The detections that found a truth."""
        return self.truth_of >= 0

    @cached_property
    def false(self) -> Bool[np.ndarray, "k n"]:
        """The detections counted false."""
        return ~self.true & ~self.ignored

    @cached_property
    def found_by(self) -> Int[np.ndarray, "k m"]:
        """The detection that found each truth, or -1 where it was missed."""
        found_by = np.full((len(self.tiou), len(self.truth)), -1, np.int64)
        level, detection = np.nonzero(self.true)
        found_by[level, self.truth_of[level, detection]] = detection
        return found_by

    @cached_property
    def by_label(self) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
        """The labels, rising, and the detections of each, best first."""
        labels = self.found.segments.labels[self.ranking]
        by_label = np.argsort(labels, kind="stable")
        return labels[by_label], self.ranking[by_label]

    def at(self, tiou: float) -> int:
        """Give the row of a threshold; KeyError when it was not evaluated."""
        rows = np.flatnonzero(np.isclose(self.tiou, tiou))
        if not len(rows):
            raise KeyError(tiou)
        return int(rows[0])

    def at_one(self, tiou: float) -> "Marks":
        """Give the same at one threshold; KeyError when it was not evaluated."""
        level = slice(self.at(tiou), self.at(tiou) + 1)
        return replace(
            self,
            tiou=self.tiou[level],
            truth_of=self.truth_of[level],
            ignored=self.ignored[level],
        )

    def of_video(self, video_id: str, tiou: float) -> "VideoMarks":
        """Give the marks of one video, in the order of its own segments."""
        level, video = self.at(tiou), self.videos.index(video_id)
        found = np.flatnonzero(self.found.video == video)
        truth = np.flatnonzero(self.truth.video == video)
        first = int(truth[0]) if len(truth) else 0
        return VideoMarks(
            _local(self.truth_of[level, found], first),
            self.ignored[level, found],
            _local(self.found_by[level, truth], int(found[0]) if len(found) else 0),
        )


@dataclass(frozen=True, eq=False)
class VideoMarks:
    """One video's marks: rows are those of its detections and of its truth.

    `truth_of[i]` is the truth that detection i found, -1 for none; `found_by[j]`
    the detection that found truth j, -1 where it was missed.
    """

    truth_of: Int[np.ndarray, " n"]
    ignored: Bool[np.ndarray, " n"]
    found_by: Int[np.ndarray, " m"]

    @property
    def names(self) -> tuple[Mark, ...]:
        """Each detection's mark in words."""
        return tuple(
            "true" if truth >= 0 else "ignored" if ignored else "false"
            for truth, ignored in zip(self.truth_of, self.ignored, strict=True)
        )


def _local(index: np.ndarray, first: int) -> np.ndarray:
    """Turn table indices into rows of the video; -1 stays."""
    return np.where(index >= 0, index - first, -1)


def truth_segments(truth: Mapping[str, VideoTruth]) -> dict[str, Segments]:
    """Give the action segments of each video."""
    return {video_id: video.segments for video_id, video in truth.items()}


__all__ = ["Mark", "Marks", "VideoMarks", "truth_segments"]
