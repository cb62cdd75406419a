"""A file that says which video is of which split: lines `video split`.

A comma or a tab may stand between; a first line that says just that is a header.
Splits by their usual names: train, training, val, validation, test, testing.
"""

from pathlib import Path

from dbs_core.datasets.formats.subsets import canonical_subset
from dbs_core.datasets.formats.text import read_text
from dbs_core.datasets.names import without_ending
from dbs_core.runtime.errors import InputError

_KNOWN = ("training", "validation", "testing")


def read_split_file(path: Path) -> dict[str, str]:
    """Read the subset of each video; ids without the ending of a file.

    Raises:
        InputError: a line of another form, a video in two splits, or no line.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        fields = _fields(line)
        if not fields or (number == 1 and fields[-1].lower() in ("split", "subset")):
            continue
        where = f"{path}:{number}"
        if len(fields) != 2 or canonical_subset(fields[1]) not in _KNOWN:
            raise InputError(
                "no line of a split file",
                where=where,
                wanted="'video split' with split train, validation or test",
                got=repr(line.strip()[:80]),
            )
        video_id, split = without_ending(fields[0]), canonical_subset(fields[1])
        if found.setdefault(video_id, split) != split:
            raise InputError("video in two splits", where=where, got=repr(video_id))
    if not found:
        raise InputError("no line in it", where=path, wanted="lines 'video split'")
    return found


def _fields(line: str) -> list[str]:
    """Part a line at its last comma, tab or blank: a video's name may hold blanks."""
    text = line.strip()
    for mark in (",", "\t", None):
        if mark is None or mark in text:
            return [field.strip(' "') for field in text.rsplit(mark, 1)]
    return []
