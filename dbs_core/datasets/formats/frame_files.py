"""Frame scores of many videos in one file: CSV or npz, by the name's ending.

Read, an npz of any other name is known by its content.

CSV (`.csv`, `.csv.gz`): see `frame_csv`. npz: see `frame_npz`.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.foreign import FRAMES, refuse_foreign
from dbs_core.datasets.formats.frame_checks import require_grid
from dbs_core.datasets.formats.frame_csv import frames_of_csv, frames_to_csv
from dbs_core.datasets.formats.frame_npz import frames_of_npz, frames_to_npz
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.datasets.formats.text import head_bytes
from dbs_core.datasets.formats.video_ids import match_ids
from dbs_core.records import ClassList, FrameScores
from dbs_core.runtime.errors import InputError


def read_frames(
    path: Path, classes: ClassList, reading: Reading = AS_WRITTEN
) -> tuple[dict[str, FrameScores], tuple[str, ...]]:
    """Read frame scores of each video, and counted warnings.

    Budget: as `npz.read_npz` or `csv_table.table`, and `frame_checks.require_grid`.

    Raises:
        InputError: no such file, a class without scores, numbers that are none, or
            nothing in common with the truth that `reading` names.
    """
    tally = Tally()
    if path.suffix == ".npz" or head_bytes(path).startswith(b"PK"):
        found = frames_of_npz(path, classes)
    else:
        refuse_foreign(path, FRAMES)
        found = frames_of_csv(path, classes, tally)
    require_grid(path, found)
    ids = match_ids(path, list(found), reading, tally)
    if len(set(ids.values())) < len(ids):
        twice = Counter(ids.values()).most_common(1)[0][0]
        alike = " and ".join(
            name for name, video_id in ids.items() if video_id == twice
        )
        raise InputError("one video twice", where=path, got=alike)
    return {ids[name]: frames for name, frames in found.items()}, tally.lines()


def write_frames(
    path: Path, scores: Mapping[str, FrameScores], classes: ClassList
) -> None:
    """Write frame scores; they read back equal."""
    if path.suffix == ".npz":
        frames_to_npz(path, scores)
    else:
        frames_to_csv(path, scores, classes)
