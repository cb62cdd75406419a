"""Annotation files line by line: each with the place to name when it is wrong."""

from collections.abc import Iterator
from pathlib import Path

from dbs_core.runtime.errors import InputError, reason


def text_lines(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give (file:line, fields) of each line that is not empty.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=path) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if fields := line.split():
            yield f"{path}:{number}", fields
