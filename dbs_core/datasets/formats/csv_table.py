"""Detections as CSV: one line each, `video,start_s,end_s,label,score` with a header.

Read with the usual other names of these columns too (`video-id`, `t-start`, `class`,
`confidence`, ...), blanks around a cell taken off; further columns are passed over.
Labels are class names or numbers (see `label_numbers`).
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.class_labels import own_classes
from dbs_core.datasets.formats.foreign import plain_column
from dbs_core.datasets.formats.loaded import Loaded, Rows, loaded
from dbs_core.datasets.formats.reading import AS_WRITTEN, Reading
from dbs_core.datasets.formats.text import read_text, require_room, write_text
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError

COLUMNS = ("video", "start_s", "end_s", "label", "score")
ALSO = {
    "video": ("video", "videoid", "videoname", "name"),
    "start_s": ("starts", "start", "tstart"),
    "end_s": ("ends", "end", "tend"),
    "label": ("label", "class", "classname", "category"),
    "score": ("score", "confidence", "conf"),
}


def read_csv(
    path: Path, classes: ClassList | None = None, reading: Reading = AS_WRITTEN
) -> Loaded:
    """Read detections from CSV, gzip or plain.

    Args:
        path: the file.
        classes: what labels mean; other classes are left out with a warning. Without
            a list, the labels in the file by alphabet.
        reading: how ids, numbers as labels and reversed spans are taken.

    Raises:
        InputError: no header, or a line that does not fit it, with file and line.
    """
    numbers, rows = table(path)

    def where(row: int) -> str:
        return f"{path}:{numbers[row + 1]}"

    return of_cells(path, rows[0], rows[1:], where, classes, reading, Tally())


def of_cells(
    path: Path,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    where: Callable[[int], str],
    classes: ClassList | None,
    reading: Reading,
    tally: Tally,
) -> Loaded:
    """Give the detections of a table's rows, as `read_csv` does.

    Raises:
        InputError: a column is missing or a cell no number, with its place.
    """
    columns = _columns(path, header)
    cells = [[row[column] for column in columns] for row in rows]
    labels = [row[3] for row in cells]
    if classes is None:
        classes = own_classes(labels)
    values = floats([[row[1], row[2], row[4]] for row in cells], 3, where)
    found = Rows([row[0] for row in cells], values[:, :2], labels, values[:, 2])
    return loaded(path, found, where, classes, reading, tally)


def write_csv(path: Path, found: Mapping[str, Segments], classes: ClassList) -> None:
    """Write detections as CSV; they read back equal."""
    lines = [csv_line(COLUMNS)]
    for video_id, segments in found.items():
        for (start, end), label, score in zip(
            segments.spans_s.tolist(),
            segments.labels.tolist(),
            segments.scores.tolist(),
            strict=True,
        ):
            name = classes.name_of(label)
            lines.append(csv_line((video_id, start, end, name, score)))
    write_text(path, "".join(lines))


def csv_line(cells: Sequence[object]) -> str:
    """Write one line; what a reader could split is quoted, a lone "\\r" too."""
    texts = [str(cell) for cell in cells]  # of floats the shortest that reads back
    return (
        ",".join(
            '"' + text.replace('"', '""') + '"' if set(text) & _SPLITTING else text
            for text in texts
        )
        + "\n"
    )


_SPLITTING = frozenset(',"\r\n')


_WEIGHTS = {",": 58, "\n": 160}
"""Bytes of a cell and of a row; see `text.require_room`."""


def table(path: Path) -> tuple[list[int], list[list[str]]]:
    """Read a CSV table: line numbers and rows, the header first.

    Budget: as `text.read_text` and `text.require_room`; 131,072 letters a cell.

    Raises:
        InputError: no header, broken quoting, or a row of another length.
    """
    text = read_text(path)
    require_room(path, text, _WEIGHTS)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    try:
        for row in filter(None, reader):
            numbers.append(reader.line_num)
            rows.append(row)
            if len(row) != len(rows[0]):
                raise InputError(
                    "row of another length than the header",
                    where=f"{path}:{reader.line_num}",
                    wanted=f"{len(rows[0])} cells",
                    got=len(row),
                )
    except csv.Error as error:
        raise InputError(
            f"no valid CSV ({error})", where=f"{path}:{reader.line_num}"
        ) from error
    if not rows:
        raise InputError("empty table", where=path, wanted="a header and rows")
    return numbers, rows


def floats(
    cells: Sequence[Sequence[str]], width: int, where: Callable[[int], str]
) -> np.ndarray:
    """Read a block of numbers `[n, width]`.

    Raises:
        InputError: a cell that is no number, in the place that `where(row)` names.
    """
    try:
        return np.array(cells, np.float64).reshape(-1, width)
    except ValueError:
        row, text = next(
            (row, text)
            for row, texts in enumerate(cells)
            for text in texts
            if not _is_number(text)
        )
    raise InputError("no number", where=where(row), got=repr(text[:80]))


def _is_number(text: str) -> bool:
    try:
        np.array([text], np.float64)
    except ValueError:
        return False
    return True


def _columns(path: Path, header: Sequence[str]) -> list[int]:
    """Find the five columns by name, whatever their case and hyphens."""
    plain = [plain_column(name) for name in header]
    columns = []
    for wanted, names in ALSO.items():
        at = [i for i, name in enumerate(plain) if name in names]
        if len(at) != 1:
            raise InputError(
                f"{'no' if not at else 'more than one'} column '{wanted}'",
                where=f"{path}:1",
                wanted=",".join(COLUMNS),
                got=",".join(header)[:200],
            )
        columns.append(at[0])
    return columns
