"""What frame scores from a file must be, whatever its format."""

import numpy as np

from dbs_core.records import ClassList, FrameScores
from dbs_core.runtime.errors import InputError

MOST_S = 1e6
"""A longer "video" would fill the memory with frames of a 25 fps grid."""


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
    if not 0 <= duration_s <= MOST_S:
        raise InputError(
            "no duration", where=where, wanted=f"0 to {MOST_S:g} s", got=duration_s
        )
    try:
        return FrameScores(
            probability.astype(np.float32), times_s.astype(np.float64), duration_s
        )
    except ValueError as error:
        raise InputError(str(error), where=where) from error
