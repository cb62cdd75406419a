"""The spans of many videos in one table, so that matching runs over arrays.

Axis letters of this package: `n` detections, `m` truths, `k` tIoU thresholds, `a`
action classes (no background).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from dbs_core.records import Segments


@dataclass(frozen=True, eq=False)
class SpanTable:
    """Spans of many videos, video by video, within a video in their own order.

    `video[i]` indexes the list of videos the table was made for; `row[i]` is the
    place of span i among its video's segments.
    """

    segments: Segments
    video: Int[np.ndarray, " n"]
    row: Int[np.ndarray, " n"]

    def __post_init__(self) -> None:
        n = len(self.segments)
        if self.video.shape != (n,) or self.row.shape != (n,):
            raise ValueError(
                f"SpanTable: wanted {n} videos and rows, got {self.video.shape} and "
                f"{self.row.shape}"
            )

    def __len__(self) -> int:
        return len(self.video)

    @property
    def group(self) -> Int[np.ndarray, " n"]:
        """A number for each pair of class and video: only such spans can match."""
        return self.segments.labels * _MOST_VIDEOS + self.video


_MOST_VIDEOS = 2**32


def tabulate(found: Mapping[str, Segments], videos: Sequence[str]) -> SpanTable:
    """Put the segments of the listed videos into one table, in the list's order."""
    nothing = Segments.empty()
    parts = [found.get(video_id, nothing) for video_id in videos]
    sizes = np.array([len(part) for part in parts], np.int64)
    starts = np.cumsum(sizes) - sizes
    return SpanTable(
        joined(parts),
        np.repeat(np.arange(len(parts)), sizes),
        np.arange(int(sizes.sum())) - np.repeat(starts, sizes),
    )


def joined(parts: Sequence[Segments]) -> Segments:
    """Join the segments of several lists in their order."""
    if not parts:
        return Segments.empty()
    return Segments(
        np.concatenate([part.spans_s for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
