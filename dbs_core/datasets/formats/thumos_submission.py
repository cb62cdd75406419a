"""THUMOS'14 submissions: text lines `video start end class_id confidence`.

Read as the kit reads them (METHOD section 8.1): blanks between the fields, ".mp4"
after a name ignored, the data set's own class ids, reversed times exchanged, lines
of an unknown class left out with a warning.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.loaded import Loaded, Rows, by_video
from dbs_core.datasets.formats.text import read_text, write_text
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError

_FIELDS = "video start end class_id confidence"


def read_submission(path: Path, classes: ClassList | None = None) -> Loaded:
    """Read detections of a THUMOS'14 submission.

    Args:
        path: text file, gzip or plain.
        classes: the class list whose official ids the file uses. Without one, each
            id found becomes a class "class 7".

    Raises:
        InputError: a line that is no detection, with file and line.
    """
    lines = [
        (number, fields)
        for number, line in enumerate(read_text(path).split("\n"), start=1)
        if (fields := line.split())
    ]
    ids, numbers = _columns(path, lines)
    tally = Tally()
    if classes is None:
        present = sorted(set(ids))
        names = tuple(f"class {official}" for official in present)
        classes = ClassList(names, tuple(present))
    rows = Rows(
        [_without_suffix(fields[0]) for _, fields in lines],
        numbers[:, :2],
        _labels(path, lines, ids, classes, tally),
        numbers[:, 2],
    )

    def where(row: int) -> str:
        return f"{path}:{lines[row][0]}"

    return Loaded(by_video(rows, where, tally, "exchange"), classes, tally.lines())


def write_submission(
    path: Path, found: Mapping[str, Segments], classes: ClassList
) -> None:
    """Write detections as a THUMOS'14 submission; they read back equal.

    Raises:
        InputError: a video name or label that such a file cannot hold.
    """
    write_text(path, "".join(_lines(path, found, classes)))


def _lines(path: Path, found: Mapping[str, Segments], classes: ClassList) -> list[str]:
    lines = []
    for video_id, segments in found.items():
        if video_id != _without_suffix(video_id) or len(video_id.split()) != 1:
            raise InputError(
                "video name that a submission cannot hold",
                where=path,
                wanted="a name without blanks that does not end in .mp4",
                got=repr(video_id),
            )
        for (start, end), label, score in zip(
            segments.spans_s.tolist(), segments.labels, segments.scores, strict=True
        ):
            official = official_id(path, int(label), classes)
            lines.append(f"{video_id} {start!r} {end!r} {official} {float(score)!r}\n")
    return lines


def official_id(path: Path, label: int, classes: ClassList) -> int:
    """Give the data set's own id of a label (InputError when it has none)."""
    if not 1 <= label <= len(classes):
        raise InputError(
            "label without a class",
            where=path,
            wanted=f"1 to {len(classes)}",
            got=label,
        )
    return classes.official_ids[label - 1]


def _columns(
    path: Path, lines: list[tuple[int, list[str]]]
) -> tuple[list[int], np.ndarray]:
    """Read the class ids, and start, end and confidence of every line."""
    ids, numbers = [], []
    for number, fields in lines:
        try:
            _, start, end, official, confidence = fields
            ids.append(_integer(official))
            numbers.append((float(start), float(end), float(confidence)))
        except ValueError as error:
            raise InputError(
                "no detection",
                where=f"{path}:{number}",
                wanted=f"'{_FIELDS}'",
                got=f"'{' '.join(fields)[:200]}'",
            ) from error
    return ids, np.array(numbers, np.float64).reshape(-1, 3)


def _integer(text: str) -> int:
    """Read "7", and the "7.0" that some scripts write."""
    number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _labels(
    path: Path,
    lines: list[tuple[int, list[str]]],
    ids: list[int],
    classes: ClassList,
    tally: Tally,
) -> list[int]:
    label_of = {official: i for i, official in enumerate(classes.official_ids, start=1)}
    labels = []
    for (number, _), official in zip(lines, ids, strict=True):
        labels.append(label_of.get(official, -1))
        if labels[-1] < 0:
            tally.add(
                f"class id {official} is not in the class list, left out",
                f"{path}:{number}",
            )
    return labels


def _without_suffix(name: str) -> str:
    return name.replace(".mp4", "")
