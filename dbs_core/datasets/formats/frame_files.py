"""Frame scores of many videos in one file: CSV or npz, by the name's ending.

CSV (`.csv`, `.csv.gz`): see `frame_csv`. npz: see `frame_npz`.
"""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.frame_csv import frames_of_csv, frames_to_csv
from dbs_core.datasets.formats.frame_npz import frames_of_npz, frames_to_npz
from dbs_core.records import ClassList, FrameScores


def read_frames(
    path: Path, classes: ClassList
) -> tuple[dict[str, FrameScores], tuple[str, ...]]:
    """Read frame scores of each video, and counted warnings.

    Raises:
        InputError: no such file, a class without scores, or numbers that are none.
    """
    if path.suffix == ".npz":
        return frames_of_npz(path, classes), ()
    tally = Tally()
    return frames_of_csv(path, classes, tally), tally.lines()


def write_frames(
    path: Path, scores: Mapping[str, FrameScores], classes: ClassList
) -> None:
    """Write frame scores; they read back equal."""
    if path.suffix == ".npz":
        frames_to_npz(path, scores)
    else:
        frames_to_csv(path, scores, classes)
