"""The rows of an annotation table, whichever program wrote it, as the same five cells.

VIA's cells are JSON; BORIS's tabular events say in one row that something starts and
in a later one that it stops. A row that cannot be read costs itself alone, and so does
a quote that nobody closed: reading goes on behind its line.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.text import read_text, require_room
from dbs_core.datasets.table_header import Header, find_header

Row = tuple[str, dict[str, str]]
"""The place of a row, and its cells: video, start, end, label, and split if any."""
_WEIGHTS = {",": 58, "\t": 58, ";": 58, "\n": 200}
_VIA_ATTRIBUTES = "# ATTRIBUTE ="
_NO_TIMES = {"start": "", "end": ""}


def table_rows(path: Path, tally: Tally) -> Iterator[Row]:
    """Give place and needed cells of each row; what cannot be read goes to the tally.

    Raises:
        InputError: no such table, or a column missing.
    """
    text = read_text(path)
    require_room(path, text, _WEIGHTS)
    lines = list(io.StringIO(text, newline=""))
    header = find_header(path, lines)
    rows = _cells(path, lines, header, tally)
    if header.via:
        options = _options(lines[: header.first])
        return ((where, _of_via(cells, options)) for where, cells in rows)
    if header.events:
        return _paired(rows, tally)
    return ((where, _in_seconds(cells, header)) for where, cells in rows)


def _cells(
    path: Path, lines: Sequence[str], header: Header, tally: Tally
) -> Iterator[Row]:
    """Give the needed cells of each row as they stand in the file."""
    for number, row in _whole_rows(path, lines, header, tally):
        where = f"{path}:{number}"
        if row[0].startswith("#"):
            continue
        if len(row) not in header.widths:
            tally.leave_out("row of another length than the header", where)
            continue
        cells = {key: row[at].strip() for key, at in header.places.items()}
        labels = [row[at].strip() for at in header.labels if at < len(row)]
        for label in list(filter(None, labels)) or [""]:
            yield where, cells | {"label": label}


def _whole_rows(
    path: Path, lines: Sequence[str], header: Header, tally: Tally
) -> Iterator[tuple[int, list[str]]]:
    """Give the number of a row's last line, and its cells.

    A quote that is not closed swallows all rows behind it: then reading begins anew
    behind the line that it stands in.
    """
    at = header.first
    while at < len(lines):
        left = (lines[number] for number in range(at, len(lines)))
        reader = csv.reader(left, delimiter=header.mark)
        try:
            row = next(reader)
            swallowed = reader.line_num > 1 and len(row) not in header.widths
        except csv.Error:
            swallowed = True
        if swallowed:
            tally.leave_out("row with a quote that is not closed", f"{path}:{at + 1}")
            at += 1
            continue
        at += reader.line_num
        if row:
            yield at, row


def _in_seconds(cells: dict[str, str], header: Header) -> dict[str, str]:
    """Write times as seconds with a point: a table with semicolons may have commas."""
    times = {}
    for key in _NO_TIMES:
        text = cells[key] if header.mark == "," else cells[key].replace(",", ".")
        if header.per_second[key] > 1 and text:
            text = _divided(text, header.per_second[key])
        times[key] = text
    return cells | times


def _divided(text: str, by: int) -> str:
    try:
        return repr(float(text) / by)
    except ValueError:
        return text


def _paired(rows: Iterable[Row], tally: Tally) -> Iterator[Row]:
    """Make one row of each start and its stop, by video, subject and behavior."""
    begun: dict[tuple[str, ...], Row] = {}
    for where, cells in rows:
        key = cells["video"], cells["label"], cells.get("subject", "")
        kind = cells["end"].upper()
        if kind == "START":
            if key in begun:
                tally.leave_out("start without a stop", begun[key][0])
            begun[key] = where, cells
        elif kind == "STOP" and key in begun:
            place, first = begun.pop(key)
            yield place, first | {"end": cells["start"]}
        else:
            what = "stop without a start" if kind == "STOP" else "event without length"
            tally.leave_out(what, where)
    for place, _ in begun.values():
        tally.leave_out("start without a stop", place)


def _options(lines: Sequence[str]) -> dict[tuple[str, str], str]:
    """Read what VIA's attributes call their choices: by attribute and choice."""
    for line in lines:
        if line.startswith(_VIA_ATTRIBUTES):
            try:
                return {
                    (attribute, choice): str(name)
                    for attribute, told in json.loads(
                        line.removeprefix(_VIA_ATTRIBUTES)
                    ).items()
                    for choice, name in told.get("options", {}).items()
                }
            except (ValueError, AttributeError, RecursionError):
                return {}
    return {}


def _of_via(
    cells: Mapping[str, str], options: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Take VIA's cells apart: lists of files and times, an object of attributes."""
    try:
        video = str(json.loads(cells["video"])[0])
        attributes = json.loads(cells["label"] or "{}")
        chosen = next(((k, str(v)) for k, v in attributes.items()), ("", ""))
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return {"video": "", "label": "", **_NO_TIMES}
    return {
        "video": video,
        "label": options.get(chosen) or chosen[1],
        "start": _time_of_via(cells["start"], 0),
        "end": _time_of_via(cells["end"], 1),
    }


def _time_of_via(cell: str, place: int) -> str:
    """Give a time of VIA's list of two, or the cell where each has its own column."""
    try:
        times = json.loads(cell)
        return str(times[place] if isinstance(times, list) else times)
    except (ValueError, LookupError, RecursionError):
        return cell if cell != "[]" else ""
