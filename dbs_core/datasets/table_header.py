"""The header of an annotation table: which column is which, by their usual names.

Names are compared as `plain_column`, without case, blanks and marks: BORIS's
"Start (s)" is `starts`. Before the header may stand comments, and what BORIS's older
versions say of an observation. ELAN has no header at all, or a column for each tier.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.annotation import clock_s
from dbs_core.datasets.elan_rows import ElanColumns, elan_columns
from dbs_core.datasets.formats.foreign import plain_column
from dbs_core.runtime.errors import InputError

WANTED = "columns video, start, end, label (seconds), and split if you have one"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "video": (
        *("video", "videoid", "videoname", "filename", "file", "filelist"),
        *("filepath", "mediafilename", "mediafile", "mediafilepath"),
    ),
    "start": (
        *("start", "starts", "tstart", "starttime", "temporalsegmentstart"),
        *("begintimessmsec", "begintimemsec", "begintimehhmmssms"),
        *("temporalcoordinates", "time", "times"),
    ),
    "end": (
        *("end", "ends", "tend", "endtime", "stops", "stop", "temporalsegmentend"),
        *("endtimessmsec", "endtimemsec", "endtimehhmmssms"),
        *("temporalcoordinates", "behaviortype", "status"),
    ),
    "label": (
        *("label", "class", "classname", "behavior", "behaviour"),
        *("annotation", "metadata"),
    ),
    "split": ("split", "subset"),
    "subject": ("subject",),
}
"""Names of the columns, the best first. VIA has lists of times in one column; BORIS's
tabular events have one time a row, and whether it starts or stops something."""
_OPTIONAL = ("split", "subject")
_EVENT = ("behaviortype", "status")
_MILLISECONDS = ("begintimemsec", "endtimemsec")
_MARKS = (",", "\t", ";")
_VIA = "# CSV_HEADER ="
_PREAMBLE = 60
"""Lines before the header: more of them are no observation's description."""


@dataclass(frozen=True)
class Header:
    """Where the needed columns stand, in lines parted by `mark` from line `first` on.

    `labels` are several columns where ELAN has one for each tier; then rows may lack
    the last cell. `per_second` are the units of start and end in a second, 1 or 1000.
    """

    widths: tuple[int, ...]
    places: Mapping[str, int]
    labels: tuple[int, ...]
    first: int
    mark: str
    per_second: Mapping[str, int]
    via: bool = False
    events: bool = False
    scores: bool = False


def find_header(path: Path, lines: Sequence[str]) -> Header:
    """Find the header among the first lines.

    Raises:
        InputError: none has the needed columns; the first is named.
    """
    first: InputError | None = None
    for number, line in enumerate(lines[:_PREAMBLE], start=1):
        told = line.removeprefix(_VIA)
        if not line.strip() or (line.startswith("#") and told == line):
            continue
        mark = "," if told != line else max(_MARKS, key=line.count)
        cells = _cells(told.strip("\r\n "), mark)
        if elan := elan_columns(cells):
            return _of_elan(number, len(cells), elan, mark)
        try:
            return _header(path, number, cells, mark)
        except InputError as error:
            first = first or error
    raise first or InputError("empty table", where=path, wanted=WANTED)


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark))
    except csv.Error:
        return [line]


def _header(path: Path, number: int, names: list[str], mark: str) -> Header:
    plain = [plain_column(name) for name in names]
    places: dict[str, int] = {}
    tiers = _tiers(plain)
    for key, spelt in COLUMNS.items():
        found = [plain.index(name) for name in spelt if name in plain]
        if found:
            places[key] = found[0]
        elif key not in _OPTIONAL and not (key == "label" and tiers):
            raise InputError(
                f"no column '{key}'",
                where=f"{path}:{number}",
                wanted=WANTED,
                got=", ".join(names)[:200],
                cure=_cure(names, plain),
            )
    start, end = plain[places["start"]], plain[places["end"]]
    labelled = "label" in places
    spare = not labelled and max(places.values()) < len(names) - 1
    return Header(
        (len(names), len(names) - 1) if spare else (len(names),),
        {key: place for key, place in places.items() if key != "label"},
        (places["label"],) if labelled else tiers,
        number,
        mark,
        {
            key: 1000 if plain[places[key]] in _MILLISECONDS else 1
            for key in ("start", "end")
        },
        start.startswith("temporal"),
        end in _EVENT,
        bool(set(plain) & {"score", "confidence", "conf"}),
    )


def _tiers(plain: Sequence[str]) -> tuple[int, ...]:
    """Give ELAN's columns of tiers: those that are no time and no name of a file."""
    if not any(name.startswith("begintime") for name in plain):
        return ()
    other = ("begintime", "endtime", "duration", "filename", "filepath", "tier")
    return tuple(
        n for n, name in enumerate(plain) if name and not name.startswith(other)
    )


def _of_elan(number: int, width: int, elan: ElanColumns, mark: str) -> Header:
    places = {"video": elan.video, "start": elan.start, "end": elan.end}
    unit = {"start": elan.per_second, "end": elan.per_second}
    return Header((width,), places, (elan.label,), number - 1, mark, unit)


def _cure(names: Sequence[str], plain: Sequence[str]) -> str:
    """Say what to do where a row stands in place of the header, or no file is named."""
    if sum(map(_is_time, names)) > 1:
        return "export it with column names in its first line"
    if any(name.startswith("begintime") for name in plain):
        return "export several files at once, with the file's name in a column"
    return ""


def _is_time(cell: str) -> bool:
    try:
        clock_s(cell)
    except ValueError:
        return False
    return True
