"""The class list of a data set: a text file with lines `id name`.

THUMOS'14 calls it `detclasslist.txt`, UCF101 `classInd.txt`. The ids differ from one
copy of THUMOS'14 to the next (METHOD section 8.1): they are read, never assumed.
"""

from pathlib import Path

from dbs_core.datasets.folders import folders_below
from dbs_core.datasets.text_lines import text_lines
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError

CLASS_LIST = "detclasslist.txt"
AMBIGUOUS = "Ambiguous"
"""Some class lists name it, but it is no class: spans of it are left out."""

MOST_DIGITS = 15
"""Of a class's id; some data sets number their classes by the date."""
_DEPTH = 3


def read_classes(root: Path) -> ClassList:
    """Read `detclasslist.txt`, the nearest one below `root`.

    Raises:
        InputError: no such folder or file, a line that does not parse, or a class
            that comes twice.
    """
    path = find_class_list(root)
    if path is None:
        raise InputError(
            "no class list",
            where=root,
            wanted=f"a file {CLASS_LIST} with lines 'id name'",
        )
    return parse_classes(path)


def find_class_list(root: Path) -> Path | None:
    """Find `detclasslist.txt`, the nearest one below `root`."""
    files = (folder / CLASS_LIST for folder in folders_below(root, _DEPTH))
    return next((path for path in files if path.is_file()), None)


def parse_classes(path: Path) -> ClassList:
    """Read one class-list file, in its order.

    Raises:
        InputError: a line that does not parse, a class twice, or none at all.
    """
    found: dict[str, int] = {}
    ids: set[int] = set()
    for where, fields in text_lines(path):
        line = " ".join(fields)[:200]
        number = fields[0].isdecimal() and len(fields[0]) <= MOST_DIGITS
        if len(fields) != 2 or not number:
            raise InputError("class list line", where=where, wanted="id name", got=line)
        if fields[1] in found or int(fields[0]) in ids:
            raise InputError("class or id twice", where=where, got=line)
        found[fields[1]] = int(fields[0])
        ids.add(found[fields[1]])
    found.pop(AMBIGUOUS, None)
    if not found:
        raise InputError("class list without a class", where=path)
    return ClassList(tuple(found), tuple(found.values()))
