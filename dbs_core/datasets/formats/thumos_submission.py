"""THUMOS'14 submissions: text lines `video start end class_id confidence`.

Read as the kit reads them (METHOD section 8.1): blanks between the fields, ".mp4"
after a name ignored, the data set's own class ids, lines of an unknown class left out
with a warning.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.label_numbers import integer
from dbs_core.datasets.formats.loaded import Loaded, Rows, loaded
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.datasets.formats.text import read_text, require_room, write_text
from dbs_core.datasets.names import without_ending
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError

_FIELDS = "video start end class_id confidence"
_WEIGHTS = {"\n": 550}
"""Bytes of a line with its fields; see `text.require_room`."""


def read_submission(
    path: Path, classes: ClassList | None = None, reading: Reading = AS_WRITTEN
) -> Loaded:
    """Read detections of a THUMOS'14 submission.

    Budget: as `text.read_text` and `text.require_room`.

    Args:
        path: text file, gzip or plain.
        classes: the class list whose official ids the file uses. Without one, each
            id found becomes a class "class 7".
        reading: how ids, class numbers and reversed spans are taken.

    Raises:
        InputError: an empty file, or a line that is no detection, with file and line.
    """
    text = read_text(path)
    require_room(path, text, _WEIGHTS)
    lines = [
        (number, fields)
        for number, line in enumerate(text.split("\n"), start=1)
        if (fields := line.split(None, 5))  # a sixth is too many
    ]
    if not lines:
        raise InputError(
            "empty file: no result",
            where=path,
            cure="see whether the run that wrote it was cut off",
        )
    ids, numbers = _columns(path, lines)
    if classes is None:
        classes = _own_classes(ids)
    rows = Rows(
        [without_ending(fields[0]) for _, fields in lines],
        numbers[:, :2],
        [str(official) for official in ids],
        numbers[:, 2],
        first=1,  # the kits that count the classes do so from 1
    )

    def where(row: int) -> str:
        return f"{path}:{lines[row][0]}"

    return loaded(path, rows, where, classes, reading, Tally())


def _own_classes(ids: Sequence[int]) -> ClassList:
    present = tuple(sorted(set(ids)))
    return ClassList(tuple(f"class {official}" for official in present), present)


def write_submission(
    path: Path, found: Mapping[str, Segments], classes: ClassList
) -> None:
    """Write detections as a THUMOS'14 submission; they read back equal.

    Raises:
        InputError: a video name or label that such a file cannot hold.
    """
    write_text(path, "".join(_lines(path, found, classes)))


def can_submit(video_id: str) -> bool:
    """Say whether a submission can hold a video's name: no blank in it, no ending."""
    return video_id == without_ending(video_id) and len(video_id.split()) == 1


def _lines(path: Path, found: Mapping[str, Segments], classes: ClassList) -> list[str]:
    lines = []
    for video_id, segments in found.items():
        if not can_submit(video_id):
            raise InputError(
                "video name that a submission cannot hold",
                where=path,
                wanted="a name without blanks and file ending",
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
            ids.append(_whole(official))
            numbers.append((float(start), float(end), float(confidence)))
        except ValueError as error:
            raise InputError(
                "no detection",
                where=f"{path}:{number}",
                wanted=f"'{_FIELDS}'",
                got=f"'{' '.join(fields)[:200]}'",
            ) from error
    return ids, np.array(numbers, np.float64).reshape(-1, 3)


def _whole(text: str) -> int:
    number = integer(text)
    if number is None:
        raise ValueError(text)
    return number
