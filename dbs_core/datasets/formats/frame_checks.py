"""What frame scores from a file must be, whatever its format."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dbs_core.records import ClassList, FrameScores
from dbs_core.records.checks import LONGEST_S
from dbs_core.runtime.errors import InputError

GRID_HZ = 25.0
FLOOR, RATIO = 40_000_000, 20
"""All videos of a file may have 40 million scores on a grid of 25 fps, or 20 a byte:
a score that is written stands for some ten frames and takes some bytes."""


def checked_frames(
    where: object,
    probability: np.ndarray,
    times_s: np.ndarray,
    duration_s: float,
    classes: ClassList,
) -> FrameScores:
    """Build frame scores of one video from arrays of any float type.

    Raises:
        InputError: wrong shape, no finite number, times that do not rise.
    """
    wanted = (len(times_s), classes.channels)
    if times_s.ndim != 1 or probability.shape != wanted:
        raise InputError(
            "frame scores of another shape",
            where=where,
            wanted=f"{wanted} (frames; background and classes)",
            got=probability.shape,
        )
    for what, values in (("score", probability), ("time", times_s)):
        if not np.isfinite(values).all():
            raise InputError(f"{what} that is no finite number", where=where)
    if not 0 <= duration_s <= LONGEST_S:
        raise InputError(
            "no duration", where=where, wanted=f"0 to {LONGEST_S:g} s", got=duration_s
        )
    try:
        return FrameScores(
            probability.astype(np.float32), times_s.astype(np.float64), duration_s
        )
    except ValueError as error:
        raise InputError(str(error), where=where) from error


def require_grid(path: Path, found: Mapping[str, FrameScores]) -> None:
    """Check that all videos together fit a grid of frames.

    Budget: 40 million scores at 25 fps, or 20 for each of the file's bytes.

    Raises:
        InputError: they do not.
    """
    most = max(FLOOR, RATIO * path.stat().st_size)
    scores = sum(
        video.duration_s * GRID_HZ * video.probability.shape[1]
        for video in found.values()
    )
    if scores > most:
        raise InputError(
            "videos too long for a file of this size",
            where=path,
            wanted=f"at most {most} scores at {GRID_HZ:g} fps",
            got=f"{scores:.0f}",
        )
