"""ELAN's rows without a header, as *Export multiple files as tab-delimited* has them.

`tier, [participant], begin..., end..., [duration...], value, [file, path]`, each time
in one to three ways: `00:00:01.500`, `1.5` and `1500`. ELAN writes column names only
where each tier has a column of its own. The file is the annotation's, `NAME.eaf`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbs_core.datasets.annotation import clock_s

EAF = ".eaf"
_KINDS = (("s", re.compile(r"\d+\.\d+")), ("h", re.compile(r"\d+:\d\d:\d\d\.\d+")))
_MILLISECONDS = re.compile(r"\d+")


@dataclass(frozen=True)
class ElanColumns:
    """Where the cells stand; `per_second` is the unit of both times in a second."""

    start: int
    end: int
    label: int
    video: int
    per_second: int


def elan_columns(cells: Sequence[str]) -> ElanColumns | None:
    """Find the columns of a row that names a file of ELAN's; None in other tables."""
    video = next((n for n, c in enumerate(cells) if c.lower().endswith(EAF)), None)
    kinds = "".join(map(_kind, cells[:video]))
    first = next((n for n, kind in enumerate(kinds) if kind != " "), None)
    if video is None or first is None:
        return None
    # The second time begins where the first one's first way of writing comes again.
    end = kinds.find(kinds[first], first + 1)
    ways = kinds[first:end]
    if end < 0 or " " in ways or kinds[end : end + len(ways)] != ways:
        return None
    best = next(way for way in "shm" if way in ways)
    at, unit = ways.index(best), 1000 if best == "m" else 1
    label = end + len(ways)
    if kinds[label : label + len(ways)] == ways and _is_duration(
        cells[first + at], cells[end + at], cells[label + at]
    ):
        label += len(ways)
    if label >= video:
        return None
    return ElanColumns(first + at, end + at, label, video, unit)


def _kind(cell: str) -> str:
    for kind, form in _KINDS:
        if form.fullmatch(cell):
            return kind
    return "m" if _MILLISECONDS.fullmatch(cell) else " "


def _is_duration(start: str, end: str, cell: str) -> bool:
    """Say whether a cell is how long it takes; a value may be a number too."""
    return abs(clock_s(end) - clock_s(start) - clock_s(cell)) < 2e-3
