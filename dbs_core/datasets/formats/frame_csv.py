"""Frame scores as CSV: header `video,time_s,<class>,...`, one line a sampled frame.

Lines may come in any order. `background` and `duration_s` may be columns too: without
them background is 0 and a video lasts one step beyond its last frame. Every class of
the list needs its column; further columns are left out with a warning.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.csv_table import csv_line, floats, table
from dbs_core.datasets.formats.frame_checks import checked_frames
from dbs_core.datasets.formats.text import write_text
from dbs_core.datasets.names import by_key, folded
from dbs_core.records import ClassList, FrameScores
from dbs_core.runtime.errors import InputError

_KEYS = ("video", "time_s", "duration_s", "background")


def frames_of_csv(
    path: Path, classes: ClassList, tally: Tally
) -> dict[str, FrameScores]:
    """Read the frame scores of every video in the file.

    Raises:
        InputError: a column is missing or a cell no number, with file and line.
    """
    numbers, rows = table(path)
    header, rows = rows[0], rows[1:]
    at = _columns(path, header, classes, tally)

    def where(row: int) -> str:
        return f"{path}:{numbers[row + 1]}"

    values = _values(rows, at, classes, where)
    videos: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        videos.setdefault(row[at["video"]], []).append(i)
    return {
        video: _video(where(lines[0]), values[lines], classes)
        for video, lines in videos.items()
    }


def frames_to_csv(
    path: Path, scores: Mapping[str, FrameScores], classes: ClassList
) -> None:
    """Write the frame scores of every video; a video without frames has no line."""
    lines = [csv_line((*_KEYS, *classes.names))]
    for video_id, video in scores.items():
        for time_s, row in zip(video.starts_s.tolist(), video.probability, strict=True):
            # The float32 themselves: in few digits, and yet read back equal.
            lines.append(csv_line((video_id, time_s, video.duration_s, *row)))
    write_text(path, "".join(lines))


def _columns(
    path: Path, header: Sequence[str], classes: ClassList, tally: Tally
) -> dict[str, int]:
    """Find each column's place by its name; the first two and all classes must be."""
    wanted = (*_KEYS, *classes.names)
    at = _places(path, header, wanted, tally)
    for name in (*_KEYS[:2], *classes.names):
        if name not in at:
            raise InputError(
                f"no column '{name}'", where=f"{path}:1", got=",".join(header)[:200]
            )
    for name in at.keys() - set(wanted):
        tally.add(f"column '{name[:80]}' is no class, left out", f"{path}:1")
    if len(at) < len(header):
        raise InputError("column twice", where=f"{path}:1", got=",".join(header)[:200])
    return at


def _places(
    path: Path, header: Sequence[str], wanted: Sequence[str], tally: Tally
) -> dict[str, int]:
    """Number the columns, those that are wanted under their own spelling."""
    alike = by_key(wanted, folded)
    at: dict[str, int] = {}
    for i, name in enumerate(cell.strip() for cell in header):
        meant = name if name in wanted else alike.get(folded(name), name)
        if meant != name and meant not in header:
            tally.add(f"column in another spelling, '{name[:80]}' is {meant}", path)
            name = meant
        at[name] = i
    return at


def _values(
    rows: Sequence[Sequence[str]],
    at: Mapping[str, int],
    classes: ClassList,
    where: Callable[[int], str],
) -> np.ndarray:
    """Read time, duration, background and classes of each row; NaN is no duration."""
    names = ("time_s", "duration_s", "background", *classes.names)
    default = {"duration_s": "nan", "background": "0"}
    return floats(
        [
            [row[at[name]] if name in at else default[name] for name in names]
            for row in rows
        ],
        len(names),
        where,
    )


def _video(where: str, values: np.ndarray, classes: ClassList) -> FrameScores:
    """Build one video from its rows."""
    values = values[np.argsort(values[:, 0], kind="stable")]
    times_s, duration_s = values[:, 0], float(values[-1, 1])
    if np.isnan(duration_s):
        step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
        duration_s = float(times_s[-1]) + step
    return checked_frames(where, values[:, 2:], times_s, duration_s, classes)
