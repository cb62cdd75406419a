"""Files that a command writes where it is told: ours are replaced, nobody else's."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dbs_core.datasets.formats.csv_table import csv_line
from dbs_core.datasets.formats.text import read_head, write_text
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError


def write_figures(path: Path, figures: Mapping[str, object]) -> None:
    """Write a command's figures as JSON, also in place of those of an earlier call.

    Raises:
        InputError: there is a file of something else, or it cannot be written.
    """
    require_replaceable(path, figures)
    files.write_json(path, figures)


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write rows as CSV, also in place of those of an earlier call; None is empty.

    Raises:
        InputError: there is a file of something else, it cannot be written, or a name
            is no UTF-8 text.
    """
    header = csv_line(columns)
    if path.exists() and not _begins_with(path, header):
        raise foreign(path)
    cells = ((row[name] for name in columns) for row in rows)
    lines = [csv_line(["" if c is None else c for c in line]) for line in cells]
    write_text(path, "".join([header, *lines]))


def _begins_with(path: Path, line: str) -> bool:
    try:
        return read_head(path).startswith(line)
    except InputError:
        return False


def write_picture(path: Path, content: bytes) -> None:
    """Write a picture, also in place of one of an earlier call.

    Raises:
        InputError: there is a file of something else, or it cannot be written.
    """
    if path.exists() and not _is_picture(path):
        raise foreign(path)
    files.write_bytes(path, content)


def _is_picture(path: Path) -> bool:
    try:
        return files.MADE_BY.encode() in path.read_bytes()
    except OSError:
        return False


def foreign(path: Path) -> InputError:
    """Say that a file is there which is none of ours."""
    return InputError(
        "a file that this command did not write",
        where=path,
        cure="name another place, or remove it first",
    )


def require_replaceable(path: Path, figures: Mapping[str, object]) -> None:
    """Check that only figures like these are there: a JSON object of such members.

    Raises:
        InputError: there is a file of something else.
    """
    if not path.exists():
        return
    try:
        there = files.read_json(path)
    except InputError:
        there = None
    if not isinstance(there, dict) or not there.keys() & figures.keys():
        raise foreign(path)
