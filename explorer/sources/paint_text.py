"""Painted cells as a few letters of an address: what the player writes, read here.

`1_120-126.168~0_300`: cells 120 to 126 and 168 get label 1, cell 300 background. Cells
are numbered row by row.
"""

import re

from dbs_core.method.repainting import Paint
from dbs_core.runtime.errors import InputError

NUMBER = r"\d{1,8}"
RUNS = rf"{NUMBER}(?:-{NUMBER})?(?:\.{NUMBER}(?:-{NUMBER})?)*"
PAINT = re.compile(rf"{NUMBER}_{RUNS}(?:~{NUMBER}_{RUNS})*", re.ASCII)
ANY_CLASS = 10**8
LONGEST = 200_000
"""More than the densest pattern on the largest grid needs."""


def read_paint(text: str, grid: tuple[int, int], classes: int) -> Paint:
    """Read painted cells; no text is no paint.

    Raises:
        InputError: not in this form, or a cell or class that is not there.
    """
    if not text:
        return {}
    if len(text) > LONGEST or not PAINT.fullmatch(text):
        raise InputError(
            "painted cells that cannot be read", wanted="LABEL_FIRST-LAST.CELL~..."
        )
    found: dict[tuple[int, int], int] = {}
    for part in text.split("~"):
        label, _, runs = part.partition("_")
        if int(label) > classes:
            raise InputError(
                "no such class to paint with", wanted=f"0 to {classes}", got=int(label)
            )
        for run in runs.split("."):
            first, _, last = run.partition("-")
            for place in _places(int(first), int(last or first), grid):
                found[place] = int(label)
    return found


def is_painted(text: str, grid: tuple[int, int] | None) -> bool:
    """Say whether a text is painted cells of a grid, of whatever classes."""
    try:
        return grid is not None and bool(read_paint(text, grid, ANY_CLASS))
    except InputError:
        return False


def _places(first: int, last: int, grid: tuple[int, int]) -> list[tuple[int, int]]:
    """Give rows and columns of a run of cells.

    Raises:
        InputError: it ends before it begins or after the last cell.
    """
    rows, columns = grid
    if not first <= last < rows * columns:
        raise InputError(
            "no such cells to paint",
            wanted=f"numbers rising, below {rows * columns}",
            got=f"{first}-{last}",
        )
    return [divmod(place, columns) for place in range(first, last + 1)]
