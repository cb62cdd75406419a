"""Frame scores as npz: three arrays a video.

`VIDEO/probability` `[t, c]` with background first, `VIDEO/times_s` `[t]` and
`VIDEO/duration_s`. Nothing pickled is read.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dbs_core.datasets.formats.frame_checks import checked_frames
from dbs_core.records import ClassList, FrameScores
from dbs_core.runtime import npz
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import atomic

_PARTS = ("probability", "times_s", "duration_s")


def frames_of_npz(path: Path, classes: ClassList) -> dict[str, FrameScores]:
    """Read the frame scores of every video in the file. Budget: as `npz.read_npz`.

    Raises:
        InputError: no npz of frame scores, or over its budget.
    """
    arrays = npz.read_npz(path)
    videos = dict.fromkeys(name.rpartition("/")[0] for name in arrays)
    return {video: _video(path, video, arrays, classes) for video in videos}


def frames_to_npz(path: Path, scores: Mapping[str, FrameScores]) -> None:
    """Write the frame scores of every video."""
    arrays = {
        f"{video_id}/{part}": np.asarray(value)
        for video_id, video in scores.items()
        for part, value in zip(
            _PARTS,
            (video.probability, video.starts_s, video.duration_s),
            strict=True,
        )
    }
    with atomic(path) as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _video(
    path: Path, video: str, arrays: Mapping[str, np.ndarray], classes: ClassList
) -> FrameScores:
    missing = [part for part in _PARTS if f"{video}/{part}" not in arrays]
    if missing:
        raise InputError("array missing", where=path, wanted=f"{video}/{missing[0]}")
    probability, times_s, duration_s = (arrays[f"{video}/{part}"] for part in _PARTS)
    where = f"{path}: {video}"
    numeric = all(a.dtype.kind in "fiu" for a in (probability, times_s, duration_s))
    if not numeric or duration_s.size != 1:
        raise InputError(
            "arrays of another kind", where=where, wanted="numbers, one duration"
        )
    return checked_frames(
        where, probability, times_s, float(duration_s.item()), classes
    )
