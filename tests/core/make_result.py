"""A small result of one video, every field filled, nothing computed."""

import numpy as np

from dbs_core.records import (
    Candidates,
    FrameGeometry,
    FrameScores,
    GridScores,
    Placement,
    Segments,
    VideoInfo,
    VideoResult,
    VideoTruth,
)

GRID, T, C = 16, 10, 3


def make_result(
    video_id: str = "v", split: str = "test", path: str = "/videos/v.mp4", seed: int = 0
) -> VideoResult:
    rng = np.random.default_rng(seed)
    times, duration = np.arange(T) * 0.2, 2.0
    locations = rng.integers(0, GRID, (T, 2, 2)).astype(np.int16)
    weights = np.tile(np.float32([0.9, 0.1]), (T, 1))
    scores = rng.dirichlet(np.ones(C), T).astype(np.float32)
    segments = Segments.of([[0.2, 0.8], [1.0, 1.8]], [1, 2], [0.5, 0.75])
    return VideoResult(
        video_id=video_id,
        split=split,
        video_path=path,
        info=VideoInfo(duration, 29.97, 320, 240, "h264", problems=("cut short",)),
        geometry=FrameGeometry(),
        placement=Placement(locations, weights, (GRID, GRID), (7, 7), times, duration),
        usage=rng.random((GRID, GRID)).astype(np.float32),
        log_likelihood=np.array([-10.5, -3.25, -3.0]),
        trace=rng.integers(0, GRID, (3, T, 2)).astype(np.int16),
        mosaic=rng.integers(0, 256, (GRID * 12, GRID * 12, 3), np.uint8),
        grid=GridScores(
            rng.dirichlet(np.ones(C), (GRID, GRID)).astype(np.float32),
            rng.random((GRID, GRID)) < 0.5,
        ),
        frames=FrameScores(scores, times, duration),
        proposals=Segments.of([[0.0, 1.0]], [0], [3.5]),
        candidates=Candidates(
            segments, np.array([0, 0]), np.array([0.25, 0.5]), np.array([-1, -1])
        ),
        truth=VideoTruth(Segments.of([[0.25, 0.75]], [1]), np.array([[1.5, 2.0]])),
        control=FrameScores(scores[:, ::-1].copy(), times, duration),
    )
