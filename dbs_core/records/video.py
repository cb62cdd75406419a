"""A video as it comes in: file, split, truth; what it holds, what of it is seen."""

import math
from dataclasses import dataclass
from pathlib import Path

from dbs_core.records.checks import require
from dbs_core.records.one_line import one_line
from dbs_core.records.segments import VideoTruth

SPLITS = ("validation", "test", "train", "video")


@dataclass(frozen=True)
class VideoEntry:
    """One video of a data set. `truth` is None where nothing is known of it.

    Its file may not be there where features made elsewhere stand for it; then
    `duration_s` is what the annotation says, if it does.
    """

    video_id: str
    path: Path
    split: str
    truth: VideoTruth | None
    duration_s: float | None = None

    def __post_init__(self) -> None:
        if not self.video_id:
            raise ValueError(f"video_id: wanted some text, got '' for {self.path}")
        if self.split not in SPLITS:
            raise ValueError(f"split: wanted one of {SPLITS}, got {self.split!r}")

    __repr__ = one_line


@dataclass(frozen=True)
class VideoInfo:
    """The integrity record of one video file.

    Sizes are upright, after the rotation flag. `problems` are plain sentences
    ("truth ends at 714.0 s, the video at 176.2 s"); a video with problems may
    still be usable: `readable` says whether at least one frame can be decoded.
    Of a video that was not there, but for its features, no more is known than how
    long they are: no size, codec or frame rate.
    """

    duration_s: float
    frame_rate: float
    width: int
    height: int
    codec: str
    rotation: int = 0
    readable: bool = True
    problems: tuple[str, ...] = ()

    @property
    def seen(self) -> bool:
        """Whether there was a picture to see, or features alone."""
        return self.width > 0

    def __post_init__(self) -> None:
        require(
            math.isfinite(self.duration_s) and math.isfinite(self.frame_rate),
            "duration_s, frame_rate: wanted finite numbers, got "
            f"{self.duration_s}, {self.frame_rate}",
        )

    __repr__ = one_line


@dataclass(frozen=True)
class FrameGeometry:
    """Which part of the upright frame the feature map covers, in fractions of it.

    METHOD section 2.1: the frame is resized to 298 x 224 and the middle 224 x 224
    is kept, so the map sees all of the height and 37..261 of 298 columns.
    """

    x0: float = 37 / 298
    y0: float = 0.0
    x1: float = 261 / 298
    y1: float = 1.0

    __repr__ = one_line
