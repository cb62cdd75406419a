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


def spans_of(result: Spans) -> VideoSpans:
    """Take what can be judged out of a result, as its file of detections says it."""
    return VideoSpans(result.video_id, result.detections.as_written(), result.truth)
