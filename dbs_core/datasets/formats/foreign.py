"""Files of other kinds, told by their first bytes or line: named, not puzzled over.

Nothing of them is read. What a message names is what the file is, what was wanted, and
how to make one of the other.
"""

from collections.abc import Sequence
from pathlib import Path

from dbs_core.datasets.formats.text import head_bytes
from dbs_core.runtime.errors import InputError

DETECTIONS = "a THUMOS'14 submission, an ActivityNet result JSON, CSV or our WebVTT"
TRUTH = "a THUMOS'14 annotation folder or an ActivityNet ground-truth JSON"
FRAMES = "frame scores as CSV or npz"

_PICKLE = "a Python pickle, which can run code and is not read"
_STARTS = (
    (b"PK\x03\x04", "a zip archive (npz, xlsx and pth are such)"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB ", "a MATLAB file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
)


def refuse_foreign(path: Path, wanted: str) -> None:
    """Refuse a file that is of another kind by its first bytes.

    Raises:
        InputError: it is one of those, or cannot be read.
    """
    head = head_bytes(path)
    kind = _kind(path, head)
    if kind is not None:
        cure = _as_json(path) if kind == _PICKLE and wanted == DETECTIONS else ""
        raise InputError(kind, where=path, wanted=wanted, cure=cure)


def refuse_other_table(path: Path, line: str, columns: Sequence[str]) -> None:
    """Refuse a table whose columns are parted by something else than commas.

    Args:
        path: the file.
        line: its first line.
        columns: names of columns that such a table would have, as `plain_column`.

    Raises:
        InputError: it is such a table.
    """
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        cells = {plain_column(cell) for cell in line.split(mark)}
        if len(cells & set(columns)) > 1:
            raise InputError(
                f"a table with {name} between its columns",
                where=f"{path}:1",
                wanted="commas",
                got=repr(line.strip()[:80]),
                cure="save it with commas, and decimal points in its numbers",
            )


def plain_column(name: str) -> str:
    """Give a column's name without case, hyphens, blanks and quotes."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _kind(path: Path, head: bytes) -> str | None:
    named = path.suffix.lower() in (".pkl", ".pickle")
    text = head.lstrip()[:1] in (b"{", b"[") or b"," in head.split(b"\n", 1)[0]
    if (head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5") or (named and not text):
        return _PICKLE if head else None
    if head[4:8] == b"ftyp":
        return "a video"
    low = head.lstrip().lower()
    return next(
        (kind for start, kind in _STARTS if low.startswith(start.lower())), None
    )


def _as_json(path: Path) -> str:
    """Give the two lines that turn ActionFormer's pickled results into JSON."""
    source, target = str(path), str(path.with_suffix(".json"))
    return (
        "if it is eval_results.pkl of ActionFormer and you trust it, these two lines "
        "of Python make JSON of it: `import json, pickle` and `json.dump({k: getattr("
        f"v, 'tolist', lambda: v)() for k, v in pickle.load(open({source!r}, 'rb'))"
        f".items()}}, open({target!r}, 'w'))`"
    )
