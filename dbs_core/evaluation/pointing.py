"""Does the heat map point at the person who acts? The field's pointing game.

Comes in: a video's result and the actor's boxes. Goes out: in how many action frames
the peak of the class's map lies in the box, beside what maps without any knowledge
would give. The paper shows heat maps (Figure 4) and measures nothing on them.

Rules: a frame counts when it lies in a true action *and* in the detection that found
it (THUMOS'14 matching, tIoU > 0.5), so that only maps behind a right answer are
judged; `every` counts all frames of true actions. A cell is a hit when its middle
lies in the box, or `tolerance` pixels around it (the original game gives 15); equal
peaks share the hit. A map with more cells has its peak in one of those.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from dbs_core.datasets.actor_boxes import ActorBoxes
from dbs_core.evaluation.protocols import thumos
from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.backprojection.heat import placed
from dbs_core.records import FrameGeometry, VideoResult
from dbs_core.runtime.errors import InputError

TIOU = 0.5
NEAR_S = 0.11
"""A box belongs to a frame at most so far away: half of 5 samples a second."""
Which = Literal["found", "every"]
PLACED = "_placed"
"""Ending of the names of maps that are weighted by where the frame is unusual."""
SLACK = 2.0
"""Pixels by which a box may reach beyond its picture: annotators do."""


@dataclass(frozen=True)
class Pointing:
    """Hits of each map over `frames` judged frames (sums, so that videos add up)."""

    frames: int
    hits: Mapping[str, float]

    @property
    def shares(self) -> dict[str, float]:
        """Percent of the frames in which each map points into the box; NaN of none."""
        return {
            name: 100 * hit / self.frames if self.frames else float("nan")
            for name, hit in self.hits.items()
        }


def total(parts: Iterable[Pointing]) -> Pointing:
    """Add videos up: every frame counts the same."""
    found = list(parts)
    names = dict.fromkeys(name for part in found for name in part.hits)
    hits = {name: sum(part.hits.get(name, 0.0) for part in found) for name in names}
    return Pointing(sum(part.frames for part in found), hits)


@dataclass(frozen=True, eq=False)
class Played:
    """One video's game, frame by frame: the action's label, and each map's hits."""

    labels: Int64[np.ndarray, " n"]
    hits: Mapping[str, Float64[np.ndarray, " n"]]

    def pointing(self, label: int | None = None) -> Pointing:
        """Add the frames up, all or those of one class."""
        kept = self.labels == label if label is not None else self.labels >= 0
        sums = {name: float(hits[kept].sum()) for name, hits in self.hits.items()}
        return Pointing(int(kept.sum()), sums)


def point(
    result: VideoResult,
    boxes: ActorBoxes,
    others: Mapping[str, Float[np.ndarray, "t h w c"]] | None = None,
    *,
    which: Which = "found",
    tolerance: float = 0.0,
) -> Played:
    """Play the game in one video.

    Args:
        result: the video's result, with truth.
        boxes: the actor's boxes.
        others: further score maps of every frame, by name: judged as they are, and
            weighted by where the frame is unusual, as ours are.
        which: frames of actions that were `found`, or of `every` action.
        tolerance: pixels around a box that count as inside.

    Raises:
        InputError: boxes of a video of another size.
    """
    size = result.info.width, result.info.height
    _require_size(boxes, size, result.video_id)
    frames, labels = action_frames(result, which)
    near = boxes.nearest(result.placement.times_s[frames], NEAR_S)
    known = near >= 0
    frames, labels, box = frames[known], labels[known], boxes.boxes[near[known]]
    box = box + np.array([-tolerance, -tolerance, tolerance, tolerance])

    def hits_of(maps: Float[np.ndarray, "n h w"]) -> Float64[np.ndarray, " n"]:
        inside = cells_inside(box, result.geometry, size, maps.shape[1:])
        return peak_share(maps, inside)

    hits = {}
    for name, every in {"dbs": maps_of(result), **(others or {})}.items():
        hits[name] = hits_of(np.asarray(every[frames, :, :, labels], np.float32))
        if result.unusual is not None:
            hits[f"{name}{PLACED}"] = hits_of(_placed(result, every, frames, labels))
    h, w = result.placement.window
    middle = np.zeros((len(frames), h, w), np.float32)
    middle[:, h // 2, w // 2] = 1
    hits["centre"] = hits_of(middle)
    hits["uniform"] = area_share(box, result.geometry, size)
    return Played(labels, hits)


def _placed(
    result: VideoResult,
    every: Float[np.ndarray, "t h w c"],
    frames: Int64[np.ndarray, " n"],
    labels: Int64[np.ndarray, " n"],
) -> Float32[np.ndarray, "n tall wide"]:
    """Weigh each judged frame's map of its action's class by where that is."""
    assert result.unusual is not None
    found = np.empty((len(frames), *result.unusual.shape[1:]), np.float32)
    for label in np.unique(labels):
        maps = np.asarray(every[..., label], np.float32)
        placed_maps = placed(maps, result.unusual, result.placement.times_s)
        found[labels == label] = placed_maps[frames[labels == label]]
    return found


def _require_size(boxes: ActorBoxes, size: tuple[int, int], video_id: str) -> None:
    if not len(boxes):
        return
    low, high = boxes.boxes[:, :2].min(), boxes.boxes[:, 2:].max(axis=0)
    if low < -SLACK or (high > np.array(size) + SLACK).any():
        raise InputError(
            "boxes of another size of picture",
            where=video_id,
            wanted=f"within {size[0]} x {size[1]} pixels",
            got=f"x to {high[0]:g}, y to {high[1]:g}",
        )


def action_frames(
    result: VideoResult, which: Which
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"]]:
    """Give the sampled frames to judge, each with the label of its action."""
    rows = [
        (frame, label)
        for (start, end), label in _spans(result, which)
        for frame in np.flatnonzero(
            (result.placement.times_s >= start) & (result.placement.times_s < end)
        )
    ]
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _spans(
    result: VideoResult, which: Which
) -> Sequence[tuple[tuple[float, float], int]]:
    """Each true action; where only found ones count, what its detection covers."""
    if result.truth is None:
        return []
    truth, found = result.truth.segments, result.detections
    whole = [(float(a), float(b)) for a, b in truth.spans_s]
    if which == "every":
        return list(zip(whole, truth.labels.tolist(), strict=True))
    key = result.video_id
    marks = thumos.match({key: found}, {key: result.truth}, tiou=(TIOU,))
    by = marks.of_video(key, TIOU).found_by
    return [
        ((max(a, found.spans_s[i][0]), min(b, found.spans_s[i][1])), int(label))
        for (a, b), label, i in zip(whole, truth.labels, by, strict=True)
        if i >= 0
    ]


def cells_inside(
    boxes: Float64[np.ndarray, "n 4"],
    geometry: FrameGeometry,
    size: tuple[int, int],
    window: tuple[int, int],
) -> Bool[np.ndarray, "n h w"]:
    """Say which cells of the map have their middle in each box.

    Args:
        boxes: x0, y0, x1, y1 in pixels.
        geometry: the part of the frame that the map covers.
        size: (width, height) of the frame.
        window: (rows, columns) of the map.
    """
    y = _middles(geometry.y0, geometry.y1, window[0]) * size[1]
    x = _middles(geometry.x0, geometry.x1, window[1]) * size[0]
    rows = (y >= boxes[:, 1, None]) & (y < boxes[:, 3, None])
    columns = (x >= boxes[:, 0, None]) & (x < boxes[:, 2, None])
    return rows[:, :, None] & columns[:, None, :]


def _middles(start: float, end: float, cells: int) -> Float64[np.ndarray, " cells"]:
    return start + (np.arange(cells) + 0.5) / cells * (end - start)


def area_share(
    boxes: Float64[np.ndarray, "n 4"], geometry: FrameGeometry, size: tuple[int, int]
) -> Float64[np.ndarray, " n"]:
    """Share of the map's part of the frame that each box covers.

    That is how often a map without any preference would point into it.
    """
    scale = np.array([size[0], size[1]], np.float64)
    low = np.array([geometry.x0, geometry.y0]) * scale
    high = np.array([geometry.x1, geometry.y1]) * scale
    overlap = np.clip(
        np.minimum(boxes[:, 2:], high) - np.maximum(boxes[:, :2], low), 0, None
    )
    return overlap.prod(axis=1) / (high - low).prod()


def peak_share(
    maps: Float[np.ndarray, "n h w"], inside: Bool[np.ndarray, "n h w"]
) -> Float64[np.ndarray, " n"]:
    """Give 1 where the peak lies inside, 0 where not; equal peaks share it."""
    peak = maps == maps.max(axis=(1, 2), keepdims=True)
    return (peak & inside).sum(axis=(1, 2)) / peak.sum(axis=(1, 2))
