"""What can be judged of a video, without anything that came before: spans and truth."""

from dataclasses import dataclass, replace

import numpy as np

from dbs_core.records import Segments, VideoTruth
from dbs_core.records.result import Spans


@dataclass(frozen=True, eq=False)
class VideoSpans:
    """Detections of a video, best first, and its truth: of a run or a result file."""

    video_id: str
    detections: Segments
    truth: VideoTruth | None

    @property
    def end_s(self) -> float:
        """The last time that is named."""
        truth = self.truth.segments if self.truth else Segments.empty()
        ends = np.append(self.detections.spans_s[:, 1], truth.spans_s[:, 1])
        return float(ends.max(initial=0.0))

    def from_score(self, least: float) -> "VideoSpans":
        """Keep the detections whose score is not below `least`."""
        kept = self.detections.select(self.detections.scores >= least)
        return replace(self, detections=kept)

    def between(self, start_s: float, end_s: float) -> "VideoSpans":
        """Keep what lies in a part of the video, whole or in part."""
        truth = self.truth
        if truth is not None:
            truth = replace(truth, segments=_touching(truth.segments, start_s, end_s))
        found = _touching(self.detections, start_s, end_s)
        return replace(self, detections=found, truth=truth)


def _touching(segments: Segments, start_s: float, end_s: float) -> Segments:
    begin, end = segments.spans_s.T
    return segments.select((begin < end_s) & (end > start_s))


def spans_of(result: Spans) -> VideoSpans:
    """Take what can be judged out of a result, as its file of detections says it."""
    return VideoSpans(result.video_id, result.detections.as_written(), result.truth)
