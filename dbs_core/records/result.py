"""Everything the path found in one video; what can be judged and drawn."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float16, Float32, Float64, Int16, UInt8

from dbs_core.records.calibration import Calibration
from dbs_core.records.checks import PICTURE, UNKEPT, freeze, require
from dbs_core.records.classes import BACKGROUND, ClassList
from dbs_core.records.features import Features
from dbs_core.records.imprint import Arrangement, Imprint, ImprintFit, Placement
from dbs_core.records.one_line import cut
from dbs_core.records.scores import (
    BackProjection,
    FrameScores,
    GridScores,
    Reach,
    Sharpened,
)
from dbs_core.records.segments import Candidates, Segments, VideoTruth
from dbs_core.records.video import FrameGeometry, VideoInfo


@runtime_checkable
class Spans(Protocol):
    """What can be judged: a VideoResult, or a video of another method's file."""

    @property
    def video_id(self) -> str:
        """Name of the video."""

    @property
    def detections(self) -> Segments:
        """What was found, best score first."""

    @property
    def truth(self) -> VideoTruth | None:
        """What the annotation says, None where nothing is known."""


def classes_present(result: Spans) -> tuple[int, ...]:
    """List labels of truth as they come in time, then of detections, the best first."""
    truth = result.truth.segments if result.truth else Segments.empty()
    labels = [*truth.in_time().labels, *result.detections.labels]
    return tuple(dict.fromkeys(int(x) for x in labels if x != BACKGROUND))


@dataclass(frozen=True, eq=False)
class VideoResult:
    """Everything the path found in one video: what the explorer draws.

    `mosaic` is the mean image of the imprint: the M step of Eq. 3 with pixel
    patches for features, `[gh * p, gw * p, 3]` RGB. `control` are the frame scores
    of the classifier without imprint, where the run has one. `maps` are the frames'
    score maps where they are not those that lie on the grid: of fused streams, and of
    a run of several members; `share` is the part that the imprint shown has in them and
    in the frame scores (None: all, or fused before the field existed).
    With a temporal head `frames` are its, `reach_s` is what it says of boundaries,
    `projected` are the imprint's own frame scores, and `control_head` is the same head
    on frames without imprint. `projection` is how the run projects back, its score maps
    too; a file from before the field existed takes it from its run's settings.
    `arrangement` says how frames lie on the imprint, None in a file from before.
    `calibration` is what made the candidates' scores probabilities, where a run has it.
    `unusual` says where each frame shows something unusual, 255 where most: heat maps
    weigh the class's score by it, to point at a place.

    Two fields no file holds, for the run does: `classes` says what labels mean, and
    `folder` what a relative `video_path` starts from.
    """

    video_id: str
    split: str
    video_path: str
    info: VideoInfo
    geometry: FrameGeometry
    placement: Placement
    usage: Float32[np.ndarray, "gh gw"]
    log_likelihood: Float64[np.ndarray, " steps"]
    trace: Int16[np.ndarray, "steps t 2"]
    mosaic: UInt8[np.ndarray, "height width 3"] = field(metadata=PICTURE)
    grid: GridScores
    frames: FrameScores
    proposals: Segments
    candidates: Candidates
    truth: VideoTruth | None
    control: FrameScores | None = None
    maps: Float16[np.ndarray, "t h w c"] | None = None
    reach_s: Reach | None = None
    projected: FrameScores | None = None
    control_head: Sharpened | None = None
    projection: BackProjection = "argmax"
    arrangement: Arrangement | None = None
    unusual: UInt8[np.ndarray, "t tall wide"] | None = None
    share: float | None = None
    calibration: Calibration | None = None
    classes: ClassList | None = field(default=None, metadata=UNKEPT)
    folder: Path | None = field(default=None, metadata=UNKEPT)

    def __post_init__(self) -> None:
        grid, frames = self.placement.grid, len(self.placement)
        require(
            self.usage.shape == grid == self.grid.mask.shape,
            f"usage and grid: wanted {grid} cells, got {self.usage.shape} and "
            f"{self.grid.mask.shape}",
        )
        require(
            len(self.frames) == frames == self.trace.shape[1],
            f"frames and trace: wanted {frames} frames, got {len(self.frames)} and "
            f"{self.trace.shape[1]}",
        )
        came_from = self.candidates.proposal
        require(
            bool((came_from < len(self.proposals)).all()),
            f"candidates: wanted proposals below {len(self.proposals)}, got "
            f"{came_from.max(initial=0)}",
        )
        freeze(self)

    def __repr__(self) -> str:
        gh, gw = self.placement.grid
        true = f", {len(self.truth.segments)} true" if self.truth else ""
        return (
            f"VideoResult({cut(self.video_id)!r}, split {self.split!r}: "
            f"{len(self.frames)} frames in {self.frames.duration_s:.1f} s on {gh} x "
            f"{gw} cells, {len(self.detections)} detections{true})"
        )

    @property
    def detections(self) -> Segments:
        """The detections, best score first; they know their classes if this does."""
        return self.candidates.detections.named(self.classes)

    @property
    def video_file(self) -> Path:
        """Where the video lies, as far as is known here."""
        return Path(self.folder or "", self.video_path)


__all__ = [
    "BACKGROUND",
    "Arrangement",
    "Candidates",
    "ClassList",
    "Features",
    "FrameGeometry",
    "FrameScores",
    "GridScores",
    "Imprint",
    "ImprintFit",
    "Placement",
    "Segments",
    "Sharpened",
    "VideoInfo",
    "VideoResult",
    "VideoTruth",
]
