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

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float16, Float32, Float64, Int, Int16, UInt8

BACKGROUND = 0


def _freeze(record: object) -> None:
    """Make every array of a record read-only, so that sharing it is safe."""
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray) and value.flags.writeable:
            view = value.view()
            view.flags.writeable = False
            object.__setattr__(record, field.name, view)


def _require(ok: bool, message: str) -> None:
    if not ok:
        raise ValueError(message)


def _check_times(times_s: np.ndarray, duration_s: float) -> None:
    _require(
        bool(np.all(np.diff(times_s) > 0)),
        "times_s: wanted increasing seconds, got a step of "
        f"{np.diff(times_s).min() if len(times_s) > 1 else 0:g}",
    )
    last = float(times_s[-1]) if len(times_s) else 0.0
    _require(
        duration_s >= last,
        f"duration_s: wanted at least the last time {last:g}, got {duration_s:g}",
    )


@dataclass(frozen=True)
class ClassList:
    """The action classes of a data set, in the order of its class-list file.

    Label 0 is background; label i >= 1 is `names[i - 1]`. `official_ids` are the
    data set's own numbers (THUMOS'14: 7, 9, 12, ...), used only in its files.
    """

    names: tuple[str, ...]
    official_ids: tuple[int, ...]

    def __post_init__(self) -> None:
        _require(
            len(self.names) == len(self.official_ids),
            f"official_ids: wanted {len(self.names)}, got {len(self.official_ids)}",
        )
        _require(
            len(set(self.names)) == len(self.names),
            f"names: wanted each class once, got {sorted(self.names)}",
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def channels(self) -> int:
        """Number of score channels: the classes and background."""
        return len(self.names) + 1

    def label_of(self, name: str) -> int:
        """Give the label of a class name; KeyError when it is not in the list."""
        try:
            return self.names.index(name) + 1
        except ValueError:
            raise KeyError(name) from None

    def name_of(self, label: int) -> str:
        """Give the name of a label, "background" for 0."""
        return "background" if label == BACKGROUND else self.names[label - 1]


@dataclass(frozen=True, eq=False)
class Segments:
    """Temporal spans with a class and a score: truth, proposals, detections alike.

    Truth has score 1. Class-agnostic proposals have label 0.
    """

    spans_s: Float64[np.ndarray, "n 2"]
    labels: Int[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]

    def __post_init__(self) -> None:
        n = len(self.spans_s)
        _require(
            self.spans_s.shape == (n, 2)
            and self.labels.shape == (n,)
            and self.scores.shape == (n,),
            f"Segments: wanted spans [n, 2], labels [n], scores [n], got "
            f"{self.spans_s.shape}, {self.labels.shape}, {self.scores.shape}",
        )
        bad = np.flatnonzero(~(self.spans_s[:, 0] < self.spans_s[:, 1]))
        _require(
            bad.size == 0,
            f"spans_s: wanted start < end, got {self.spans_s[bad[:1]].tolist()}",
        )
        _require(
            bool(np.isfinite(self.spans_s).all() and np.isfinite(self.scores).all()),
            "Segments: wanted finite seconds and scores, got NaN or infinity",
        )
        _freeze(self)

    def __len__(self) -> int:
        return len(self.spans_s)

    @classmethod
    def empty(cls) -> "Segments":
        """No segment at all."""
        return cls(np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))

    @classmethod
    def of(
        cls,
        spans_s: Sequence[Sequence[float]] | np.ndarray,
        labels: Sequence[int] | np.ndarray,
        scores: Sequence[float] | np.ndarray | None = None,
    ) -> "Segments":
        """Build from plain lists; scores default to 1 (truth)."""
        spans = np.asarray(spans_s, np.float64).reshape(-1, 2)
        return cls(
            spans,
            np.asarray(labels, np.int64).reshape(-1),
            np.ones(len(spans))
            if scores is None
            else np.asarray(scores, np.float64).reshape(-1),
        )

    def select(self, index: np.ndarray | slice) -> "Segments":
        """Keep the segments of an index or boolean array, in its order."""
        return Segments(self.spans_s[index], self.labels[index], self.scores[index])


@dataclass(frozen=True, eq=False)
class VideoTruth:
    """What the annotation says of one video.

    `ambiguous_s` are spans that are neither action nor background (THUMOS'14's
    Ambiguous): left out of training, and detections there are not counted false.
    """

    segments: Segments
    ambiguous_s: Float64[np.ndarray, "m 2"]

    def __post_init__(self) -> None:
        _freeze(self)

    @classmethod
    def none(cls) -> "VideoTruth":
        """Annotated as containing no action."""
        return cls(Segments.empty(), np.zeros((0, 2)))


@dataclass(frozen=True)
class VideoInfo:
    """The integrity record of one video file.

    Sizes are upright, after the rotation flag. `problems` are plain sentences
    ("truth ends at 714.0 s, the video at 176.2 s"); a video with problems may
    still be usable: `readable` says whether at least one frame can be decoded.
    """

    duration_s: float
    frame_rate: float
    width: int
    height: int
    codec: str
    rotation: int = 0
    readable: bool = True
    problems: tuple[str, ...] = ()


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


@dataclass(frozen=True, eq=False)
class Features:
    """Feature maps of one video's sampled frames. `maps` may be a memory map."""

    maps: Float16[np.ndarray, "t h w d"] | Float32[np.ndarray, "t h w d"]
    times_s: Float64[np.ndarray, " t"]
    duration_s: float

    def __post_init__(self) -> None:
        _check_times(self.times_s, self.duration_s)
        _freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)


@dataclass(frozen=True, eq=False)
class Imprint:
    """The epitome's means on the torus, and how much of the video lies where.

    `usage` is the expected number of feature cells that fell on each grid cell:
    the window-sum of the posterior over all frames.
    """

    mean: Float32[np.ndarray, "gh gw d"]
    usage: Float32[np.ndarray, "gh gw"]

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, eq=False)
class Placement:
    """Where each frame lies on the grid: its posterior, kept sparse.

    `locations[t, 0]` is the frame's most likely window origin (row, column).
    `weights` fall along `k`; their sum is at most 1, what is missing was below
    float precision or beyond the kept number. Unused places have weight 0.
    """

    locations: Int16[np.ndarray, "t k 2"]
    weights: Float32[np.ndarray, "t k"]
    grid: tuple[int, int]
    window: tuple[int, int]
    times_s: Float64[np.ndarray, " t"]
    duration_s: float

    def __post_init__(self) -> None:
        _check_times(self.times_s, self.duration_s)
        if len(self.locations):
            low, high = self.locations.min(), self.locations.max(axis=(0, 1))
            _require(
                low >= 0 and bool(np.all(high < self.grid)),
                f"locations: wanted inside {self.grid}, got {low}..{high.tolist()}",
            )
            total = self.weights.sum(axis=1)
            _require(
                bool(np.all((total > 0) & (total < 1 + 1e-3))),
                f"weights: wanted a sum in (0, 1] per frame, got {total.min():g}"
                f"..{total.max():g}",
            )
        _freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def best(self) -> Int16[np.ndarray, "t 2"]:
        """Each frame's most likely location (row, column): Eq. 7's argmax."""
        return self.locations[:, 0]


@dataclass(frozen=True, eq=False)
class ImprintFit:
    """What the EM gives: imprint, placement, and how it got there.

    `trace[i, t]` is the frame's most likely location after iteration i, for the
    replay in the explorer.
    """

    imprint: Imprint
    placement: Placement
    log_likelihood: Float64[np.ndarray, " steps"]
    trace: Int16[np.ndarray, "steps t 2"]
    converged: bool

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, eq=False)
class GridScores:
    """Class probabilities of each imprint cell, and which cells hold frames.

    `mask` is the label-free mask of METHOD section 2.4.
    """

    probability: Float32[np.ndarray, "gh gw c"]
    mask: Bool[np.ndarray, "gh gw"]

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, eq=False)
class FrameScores:
    """Class scores of each sampled frame; column 0 is background."""

    probability: Float32[np.ndarray, "t c"]
    times_s: Float64[np.ndarray, " t"]
    duration_s: float

    def __post_init__(self) -> None:
        _check_times(self.times_s, self.duration_s)
        _freeze(self)

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def edges_s(self) -> Float64[np.ndarray, " t1"]:
        """Borders of the frames in time: frame i stands for [edges[i], edges[i+1])."""
        return np.append(self.times_s, self.duration_s)


@dataclass(frozen=True, eq=False)
class Sharpened:
    """Frame scores that a temporal head had a say in, and each frame's reach.

    `reach_s[i]` are the seconds from frame i back to the start and forward to the end
    of the action that it lies in, if it lies in one.
    """

    frames: FrameScores
    reach_s: Float32[np.ndarray, "t 2"]

    def __post_init__(self) -> None:
        _require(
            len(self.reach_s) == len(self.frames),
            f"reach_s: wanted {len(self.frames)} frames, got {len(self.reach_s)}",
        )
        _require(bool((self.reach_s >= 0).all()), "reach_s: wanted no negative seconds")
        _freeze(self)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Every refined proposal with what became of it.

    `segments` are the refined spans with their class and score; `proposal[i]` is
    the proposal it came from; `level[i]` is the mean minus standard deviation that
    its frames had to reach (METHOD section 7), 0 where a head set the boundaries;
    `suppressed_by[i]` is -1 for a detection, else the index of the candidate that
    removed it in NMS.
    """

    segments: Segments
    proposal: Int[np.ndarray, " n"]
    level: Float64[np.ndarray, " n"]
    suppressed_by: Int[np.ndarray, " n"]

    def __post_init__(self) -> None:
        _freeze(self)

    @property
    def detections(self) -> Segments:
        """The candidates that NMS kept, best score first."""
        kept = np.flatnonzero(self.suppressed_by < 0)
        order = np.argsort(-self.segments.scores[kept], kind="stable")
        return self.segments.select(kept[order])


@dataclass(frozen=True, eq=False)
class VideoResult:
    """Everything the path found in one video: what the explorer draws.

    `mosaic` is the mean image of the imprint: the M step of Eq. 3 with pixel
    patches for features, `[gh * p, gw * p, 3]` RGB. `control` are the frame scores
    of the classifier without imprint, where the run has one. `maps` are the frames'
    score maps where they are not those that lie on the grid: of fused streams.
    With a temporal head `frames` are its, `reach_s` is what it says of boundaries,
    `projected` are the imprint's own frame scores, and `control_head` is the same head
    on frames without imprint.
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
    mosaic: UInt8[np.ndarray, "height width 3"]
    grid: GridScores
    frames: FrameScores
    proposals: Segments
    candidates: Candidates
    truth: VideoTruth | None
    control: FrameScores | None = None
    maps: Float16[np.ndarray, "t h w c"] | None = None
    reach_s: Float32[np.ndarray, "t 2"] | None = None
    projected: FrameScores | None = None
    control_head: Sharpened | None = None

    def __post_init__(self) -> None:
        _freeze(self)

    @property
    def detections(self) -> Segments:
        """The detections, best score first."""
        return self.candidates.detections


__all__ = [
    "BACKGROUND",
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
