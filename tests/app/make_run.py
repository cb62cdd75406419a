"""A small, seeded run folder with playable videos, for the tests of the explorer.

The records are made from the video itself: frames that look alike share a place on
the grid, the mosaic is the mean of the patches that fell there, and the class
scores follow the truth with some noise. Nothing here is a detection method; it
gives records of the right shape whose answers are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from dbs_core.method.features.unusual import as_bytes
from dbs_core.records import (
    Arrangement,
    Candidates,
    ClassList,
    FrameGeometry,
    FrameScores,
    GridScores,
    Placement,
    Segments,
    VideoInfo,
    VideoResult,
    VideoTruth,
)
from dbs_core.runs.run import Run, RunInfo

WINDOW = 7
PATCH = 8  # pixels of the mosaic per grid cell
HOSTILE = "<img src=x onerror=window.hacked=1>"


@dataclass(frozen=True)
class Plan:
    """One video to be made: its actions as (start, end, label), and its oddities."""

    video_id: str
    actions: tuple[tuple[float, float, int], ...]
    seconds: float = 12.0
    split: str = "test"
    truth: bool = True
    detections: bool = True
    file: bool = True
    codec: str = "libx264"
    suffix: str = ".mp4"


CLASSES = ClassList(("HighJump", "GolfSwing", "Diving", HOSTILE), (40, 33, 26, 99))
PLANS = (
    Plan("two_jumps", ((1.0, 3.4, 1), (7.0, 9.2, 1), (4.6, 6.2, 2))),
    Plan("no_truth", ((2.0, 5.0, 3),), seconds=7.0, truth=False),
    Plan("nothing_found", ((2.0, 4.0, 2),), seconds=7.0, detections=False),
    Plan("gone", ((2.0, 4.0, 1),), seconds=7.0, file=False),
    Plan("odd_codec", ((3.0, 6.0, 1),), seconds=8.0, codec="mpeg4", suffix=".avi"),
    Plan(HOSTILE, ((2.0, 5.0, 4),), seconds=7.0, split="validation"),
)


def scene(time_s: float, actions: Sequence[tuple[float, float, int]]) -> np.ndarray:
    """Draw one frame: a place for each action, an empty field for background."""
    height, width = 240, 320
    y, x = np.mgrid[0:height, 0:width]
    label = next((a[2] for a in actions if a[0] <= time_s < a[1]), 0)
    tints = [
        (96, 120, 96),
        (70, 110, 170),
        (170, 130, 60),
        (60, 150, 150),
        (120, 80, 150),
    ]
    frame = np.empty((height, width, 3), np.float64)
    frame[:] = tints[label % 5]
    frame += ((x // 32 + y // 32) % 2)[..., None] * 14 + (y / height)[..., None] * 40
    centre = (160 + 90 * np.sin(time_s * (1 + label)), 120 + 40 * np.cos(time_s * 2))
    ball = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < (18 + 6 * label) ** 2
    frame[ball] = (235, 225, 205)
    return frame.clip(0, 255).astype(np.uint8)


def write_video(path: Path, plan: Plan, rate: int = 25) -> None:
    """Encode the plan's scenes to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(plan.codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for i in range(round(plan.seconds * rate)):
            image = av.VideoFrame.from_ndarray(scene(i / rate, plan.actions), "rgb24")
            out.mux(stream.encode(image))
        out.mux(stream.encode())


def frames_of(
    path: Path, times_s: np.ndarray, size: int = WINDOW * PATCH
) -> np.ndarray:
    """Decode the frames nearest to the given times, square and small: [t, s, s, 3]."""
    found: list[np.ndarray] = []
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            while (
                len(found) < len(times_s) and frame.time >= times_s[len(found)] - 1e-3
            ):
                found.append(frame.reformat(size, size, "rgb24").to_ndarray())
    while found and len(found) < len(times_s):
        found.append(found[-1])
    return np.stack(found)


def place(images: np.ndarray, grid: int, rng: np.random.Generator) -> np.ndarray:
    """Give each frame a grid location; frames that look alike share one: [t, 2]."""
    small = images[:, ::8, ::8].reshape(len(images), -1).astype(np.float64)
    kept: list[int] = []
    which = np.zeros(len(images), np.int64)
    for t in range(len(images)):
        gaps = [np.abs(small[t] - small[k]).mean() for k in kept]
        if not gaps or min(gaps) > 9:
            kept.append(t)
            gaps.append(0.0)
        which[t] = int(np.argmin(gaps))
    spots = rng.permutation(grid * grid)[: len(kept)]
    return np.stack([spots // grid, spots % grid], axis=1)[which]


def window_cells(origin: np.ndarray, grid: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns that a window at the origin covers on the torus."""
    step = np.arange(WINDOW)
    return (origin[0] + step) % grid, (origin[1] + step) % grid


def mean_image(images: np.ndarray, best: np.ndarray, grid: int) -> np.ndarray:
    """Average the patches that fell on each cell."""
    total = np.zeros((grid, grid, PATCH, PATCH, 3))
    count = np.zeros((grid, grid, 1, 1, 1))
    for image, origin in zip(images, best, strict=True):
        rows, cols = window_cells(origin, grid)
        patches = image.reshape(WINDOW, PATCH, WINDOW, PATCH, 3).transpose(
            0, 2, 1, 3, 4
        )
        total[np.ix_(rows, cols)] += patches
        count[np.ix_(rows, cols)] += 1
    mean = total / np.maximum(count, 1)
    return (
        mean.transpose(0, 2, 1, 3, 4)
        .reshape(grid * PATCH, grid * PATCH, 3)
        .astype(np.uint8)
    )


def labels_of(
    times_s: np.ndarray, actions: Sequence[tuple[float, float, int]]
) -> np.ndarray:
    """Give each time its action label, 0 outside all."""
    labels = np.zeros(len(times_s), np.int64)
    for start, end, label in actions:
        labels[(times_s >= start) & (times_s < end)] = label
    return labels


def grid_scores(
    best: np.ndarray,
    labels: np.ndarray,
    grid: int,
    channels: int,
    rng: np.random.Generator,
) -> GridScores:
    """Share of each class among the frames of a cell, with noise."""
    count = np.zeros((grid, grid, channels))
    for origin, label in zip(best, labels, strict=True):
        rows, cols = window_cells(origin, grid)
        count[np.ix_(rows, cols, [label])] += 1
    mask = count.sum(-1) > 0
    noisy = count + rng.gamma(0.5, 0.4, count.shape)
    return GridScores((noisy / noisy.sum(-1, keepdims=True)).astype(np.float32), mask)


def frame_scores(
    grid: GridScores, best: np.ndarray, times_s: np.ndarray, duration_s: float
) -> FrameScores:
    """Mean of the 49 cells of each frame's window."""
    size = len(grid.mask)
    rows = [
        grid.probability[np.ix_(*window_cells(origin, size))].mean((0, 1))
        for origin in best
    ]
    return FrameScores(np.stack(rows).astype(np.float32), times_s, duration_s)


def candidates_of(
    plan: Plan, duration_s: float, rng: np.random.Generator
) -> Candidates:
    """One good and one shifted candidate an action, and one false alarm."""
    rows: list[tuple[float, float, int, float, int]] = []
    for start, end, label in plan.actions:
        if not plan.detections:
            break
        kept = len(rows)
        rows.append((start + 0.1, end - 0.15, label, 0.7 + 0.2 * rng.random(), -1))
        rows.append((start + 0.5, end + 0.6, label, 0.5, kept))
    if plan.detections:
        rows.append((duration_s - 2.0, duration_s - 0.8, plan.actions[0][2], 0.31, -1))
    table = np.array(rows).reshape(-1, 5)
    return Candidates(
        Segments.of(table[:, :2], table[:, 2].astype(int), table[:, 3]),
        np.arange(len(table)),
        np.full(len(table), 0.35),
        table[:, 4].astype(np.int64),
    )


def make_result(
    plan: Plan,
    video: Path,
    *,
    classes: ClassList = CLASSES,
    grid: int = 24,
    seed: int = 0,
    recorded_path: str | None = None,
    info: VideoInfo | None = None,
) -> VideoResult:
    """Build the result of one video file whose actions are those of the plan."""
    rng = np.random.default_rng([seed, len(plan.video_id)])
    times_s = np.arange(0.0, plan.seconds, 0.2)
    images = frames_of(video, times_s)
    best = place(images, grid, rng)
    labels = labels_of(times_s, plan.actions)
    scores = grid_scores(best, labels, grid, classes.channels, rng)
    cells = np.zeros((grid, grid), np.float32)
    for origin in best:
        cells[np.ix_(*window_cells(origin, grid))] += 1
    other = (best + rng.integers(1, 3, best.shape)) % grid
    candidates = candidates_of(plan, plan.seconds, rng)
    truth = VideoTruth(
        Segments.of([a[:2] for a in plan.actions], [a[2] for a in plan.actions]),
        np.zeros((0, 2)),
    )
    start = (best + rng.integers(-4, 5, best.shape)) % grid
    return VideoResult(
        video_id=plan.video_id,
        split=plan.split,
        video_path=recorded_path or str(video),
        info=info or VideoInfo(plan.seconds, 25.0, 320, 240, plan.codec),
        geometry=FrameGeometry(),
        placement=Placement(
            np.stack([best, other], axis=1).astype(np.int16),
            np.tile(np.float32([0.97, 0.03]), (len(best), 1)),
            (grid, grid),
            (WINDOW, WINDOW),
            times_s,
            plan.seconds,
        ),
        usage=cells,
        log_likelihood=np.array([-900.0, -420.0, -310.0, -306.0]),
        trace=np.stack([start, (start + best) // 2, best, best]).astype(np.int16),
        mosaic=mean_image(images, best, grid),
        grid=scores,
        frames=frame_scores(scores, best, times_s, plan.seconds),
        proposals=Segments.of(
            candidates.segments.spans_s + np.array([-0.3, 0.3]),
            np.zeros(len(candidates.segments), int),
        ),
        candidates=candidates,
        truth=truth if plan.truth else None,
        # A codec that no browser plays stands for a result of an earlier version too.
        unusual=bright(images) if plan.codec != "mpeg4" else None,
        arrangement=Arrangement(0.41, 0.8, 0.3, 0.1),
    )


def bright(images: np.ndarray) -> np.ndarray:
    """Say how bright each of 14 x 14 places is, as if that were unusual."""
    side = 2 * WINDOW
    step = images.shape[1] // side
    places = images.reshape(len(images), side, step, side, step, 3).mean((2, 4, 5))
    return as_bytes(places.astype(np.float32))


def make_run(
    root: Path,
    plans: Sequence[Plan] = PLANS,
    name: str = "made",
    classes: ClassList = CLASSES,
) -> Run:
    """Write a run folder with a playable video for each plan."""
    run = Run.create(
        root, RunInfo(name, "ucf101", "made scenes", classes, {"rate_hz": 5.0}, 0, {})
    )
    for number, plan in enumerate(plans):
        video = root / "videos" / f"{number}{plan.suffix}"
        write_video(video, plan)
        relative = str(video.relative_to(root))
        found = make_result(plan, video, classes=classes, recorded_path=relative)
        run.write_result(found)
        if not plan.file:
            video.unlink()
    return run


def big_result(seconds: float, classes: int, rng: np.random.Generator) -> VideoResult:
    """A long video's result without a video: random but of the right shapes."""
    times_s = np.arange(0.0, seconds, 0.2)
    t, grid, channels = len(times_s), 48, classes + 1
    scores = rng.dirichlet(np.full(channels, 0.3), t).astype(np.float32)
    starts = np.sort(rng.uniform(0, seconds - 10, int(seconds // 12)))
    spans = np.stack([starts, starts + rng.uniform(1, 9, len(starts))], axis=1)
    labels = rng.integers(1, channels, len(spans))
    best = rng.integers(0, grid, (t, 2)).astype(np.int16)
    return VideoResult(
        video_id=f"long_{seconds:.0f}",
        split="test",
        video_path="videos/none.mp4",
        info=VideoInfo(seconds, 25.0, 320, 240, "h264"),
        geometry=FrameGeometry(),
        placement=Placement(
            np.stack([best] * 4, axis=1),
            np.tile(np.float32([0.9, 0.06, 0.03, 0.01]), (t, 1)),
            (grid, grid),
            (WINDOW, WINDOW),
            times_s,
            seconds,
        ),
        usage=np.ones((grid, grid), np.float32),
        log_likelihood=np.array([-2.0, -1.0]),
        trace=np.stack([best, best]),
        mosaic=rng.integers(0, 255, (grid * 8, grid * 8, 3)).astype(np.uint8),
        grid=GridScores(
            rng.dirichlet(np.full(channels, 0.2), (grid, grid)).astype(np.float32),
            np.ones((grid, grid), bool),
        ),
        frames=FrameScores(scores, times_s, seconds),
        proposals=Segments.of(spans, np.zeros(len(spans), int)),
        candidates=Candidates(
            Segments.of(spans + 0.3, labels, rng.uniform(0.1, 0.9, len(spans))),
            np.arange(len(spans)),
            np.full(len(spans), 0.2),
            np.full(len(spans), -1),
        ),
        truth=VideoTruth(Segments.of(spans, labels), np.zeros((0, 2))),
    )
