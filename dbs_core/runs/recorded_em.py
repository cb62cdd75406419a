"""A recorded EM of the shipped sample: where each frame lay after every iteration.

A run's own EM starts from frames of the video, so its frames lie nearly right after the
first iteration. The recording starts from noise (METHOD section 1.4): in it one sees
them find their places. `python -m docs.record_em` makes it.
"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int16

from dbs_core.records import Segments
from dbs_core.records.checks import freeze, require
from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.runtime import store

RECORDING = SAMPLE_DATA.parent / "em_from_noise.npz"


@dataclass(frozen=True, eq=False)
class RecordedEM:
    """The way of an EM, and two actions of a class to follow on it.

    Attributes:
        video_id: whose frames.
        grid: cells of the imprint (rows, columns).
        window: cells of a frame.
        log_likelihood: one an iteration, of the parameters before it.
        trace: each frame's likeliest location (row, column) after each iteration.
        name: the class of the two actions.
        spans_s: their start and end, in seconds.
    """

    video_id: str
    grid: tuple[int, int]
    window: tuple[int, int]
    log_likelihood: Float64[np.ndarray, " steps"]
    trace: Int16[np.ndarray, "steps t 2"]
    name: str
    spans_s: Float64[np.ndarray, "2 2"]

    def __post_init__(self) -> None:
        require(self.trace.size > 0, "trace: wanted an iteration and a frame, got none")
        low, high = self.trace.min(), self.trace.max(axis=(0, 1))
        require(
            low >= 0 and bool(np.all(high < self.grid)),
            f"trace: wanted inside {self.grid}, got {low}..{high.tolist()}",
        )
        freeze(self)


def read_recorded_em(path: Path = RECORDING) -> RecordedEM:
    """Read the recording.

    Raises:
        InputError: it is not there, or not as it was written.
    """
    return store.read_record(path, RecordedEM)


def most_shared(
    truth: Segments,
    places: Int16[np.ndarray, "t 2"],
    starts_s: Float64[np.ndarray, " t"],
) -> tuple[int, int]:
    """Choose the two actions of a class with the most frames on places of both.

    Args:
        truth: the actions of the video.
        places: where each frame lies (row, column).
        starts_s: when each frame begins to stand.

    Returns:
        their rows in the truth, the earlier first.

    Raises:
        ValueError: no class has two actions that share a place.
    """
    own = [
        [tuple(place) for place in places[(starts_s >= start) & (starts_s < end)]]
        for start, end in truth.spans_s
    ]

    def share(pair: tuple[int, int]) -> float:
        one, other = (own[row] for row in pair)
        both, every = set(one) & set(other), [*one, *other]
        return sum(place in both for place in every) / max(len(every), 1)

    alike = [
        pair
        for pair in combinations(np.argsort(truth.spans_s[:, 0]).tolist(), 2)
        if truth.labels[pair[0]] == truth.labels[pair[1]]
    ]
    best = max(alike, key=share, default=None)
    if best is None or not share(best):
        raise ValueError("wanted two actions of a class on one place, got none")
    return best
