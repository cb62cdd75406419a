"""The data that flows through the engine: frozen, self-checking, read-only.

Axis letters, used in every signature, comment and test of the project:

| letter  | axis                                                        |
|---------|-------------------------------------------------------------|
| `t`     | sampled frames of one video, in time order                   |
| `h w`   | cells of a frame's feature map (7 x 7), rows first           |
| `d`     | feature channels                                             |
| `gh gw` | cells of the imprint grid (a torus), rows first              |
| `c`     | classes, 0 = background, 1... = actions in class-list order  |
| `k`     | kept locations of a frame, the most likely first             |
| `n`     | temporal segments (spans)                                    |

Times are float seconds from the start of the video; spans are `[start, end)`.
No record stores a frame rate or stride: every sampled frame carries its own time,
so variable frame rates and 29.97 cost nothing. A location is the cell of a
window's top-left corner; the window runs to larger indices and wraps around
(METHOD section 1.1).
"""

from dbs_core.records.calibration import Calibration
from dbs_core.records.classes import BACKGROUND, ClassList
from dbs_core.records.features import Features, SampledVideo
from dbs_core.records.imprint import Arrangement, Imprint, ImprintFit, Placement
from dbs_core.records.packed_maps import Maps, PackedMaps, let_go, stretch
from dbs_core.records.result import Spans, VideoResult, classes_present
from dbs_core.records.scores import (
    BackProjection,
    FrameScores,
    GridScores,
    Reach,
    Sharpened,
)
from dbs_core.records.segments import (
    Candidates,
    Segment,
    Segments,
    VideoTruth,
    clip_truth,
)
from dbs_core.records.video import SPLITS, FrameGeometry, VideoEntry, VideoInfo

__all__ = [
    "BACKGROUND",
    "SPLITS",
    "Arrangement",
    "BackProjection",
    "Calibration",
    "Candidates",
    "ClassList",
    "Features",
    "FrameGeometry",
    "FrameScores",
    "GridScores",
    "Imprint",
    "ImprintFit",
    "Maps",
    "PackedMaps",
    "Placement",
    "Reach",
    "SampledVideo",
    "Segment",
    "Segments",
    "Sharpened",
    "Spans",
    "VideoEntry",
    "VideoInfo",
    "VideoResult",
    "VideoTruth",
    "classes_present",
    "clip_truth",
    "let_go",
    "stretch",
]
