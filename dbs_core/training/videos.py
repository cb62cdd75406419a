"""The videos a run learns from: whole, mirrored, and each instance cut out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from dbs_core.method.backprojection.annotation_maps import frame_labels
from dbs_core.records import (
    BACKGROUND,
    Features,
    SampledVideo,
    Segments,
    VideoEntry,
    VideoTruth,
    clip_truth,
    stretch,
)
from dbs_core.runtime.errors import InputError

MIRRORED = "mirrored"
"""Part name of a video's mirror image, and the beginning of its instances'."""
UNTOLD = 0.1
"""Share of frames of a trimmed clip that may lie outside its annotation: the last
ones, where features made elsewhere reach past the end."""
SHORTEST_CROP = 5
"""Frames: at 5 a second PAPER's counts say that shorter ones were dropped."""


@dataclass(frozen=True, eq=False)
class TrainingVideo:
    """A video with truth, or one instance of it, as a training video."""

    entry: VideoEntry
    part: str
    features: Features
    truth: VideoTruth

    @property
    def whole(self) -> bool:
        """Say whether this is the video itself, or its mirror image."""
        return self.part in ("", MIRRORED)

    @property
    def trimmed(self) -> bool:
        """Say whether an action is all but everywhere: an instance or trimmed clip."""
        channels = int(self.truth.segments.labels.max(initial=BACKGROUND)) + 1
        background = self.labels(channels)[:, BACKGROUND]
        return bool(background.mean() <= UNTOLD)

    def labels(self, channels: int) -> Bool[np.ndarray, "t c"]:
        """Say which classes each frame shows."""
        return frame_labels(self.truth, self.features.times_s, channels)


def training_videos(
    entry: VideoEntry, video: SampledVideo, crops: bool, mirrored: bool = False
) -> Iterator[TrainingVideo]:
    """Give the video, then each instance that is long enough.

    `mirrored` says that these are features of the video's mirror image: an imprint of
    its own (AUTHOR puts both into one, METHOD section 2.1).
    """
    lead = MIRRORED if mirrored else ""
    features = video.features
    if entry.truth is None:
        raise InputError("no annotation to train on", where=entry.path)
    truth = clip_truth(entry.truth, features.duration_s)
    yield TrainingVideo(entry, lead, features, truth)
    if not crops:
        return
    segments = truth.segments
    spans = zip(segments.spans_s.tolist(), segments.labels.tolist(), strict=True)
    for number, ((start, end), label) in enumerate(spans):
        cut = crop(features, start, end)
        if len(cut) >= SHORTEST_CROP:
            whole = Segments.of([[0.0, cut.duration_s]], [label])
            only = VideoTruth(whole, np.zeros((0, 2)))
            part = f"{lead} instance {number}".lstrip()
            yield TrainingVideo(entry, part, cut, only)


def crop(features: Features, start_s: float, end_s: float) -> Features:
    """Cut the frames of [start, end) out; time starts at the cut."""
    first, last = np.searchsorted(features.times_s, [start_s, end_s])
    times = features.times_s[first:last] - start_s
    maps = stretch(features.maps, int(first), int(last))
    return Features(maps, times, end_s - start_s, features.lead_s)
