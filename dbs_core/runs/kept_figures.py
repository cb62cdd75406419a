"""What `evaluate` found, kept in a run, so that pages can show it beside their own.

Per-frame mAP, the control and the ceilings take the truth of the data set and a while
to compute; a page only reads them.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from dbs_core.evaluation.rows import NAMES, Row, row_of
from dbs_core.runs.places import shipped_name
from dbs_core.runs.run import Run
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError

SHIPPED = "figures.json"  # the sample's, made with it


@dataclass(frozen=True)
class KeptFigures:
    """Rows of `evaluate`, and what they are over, in words.

    `fresh` says whether they are of the results of today.
    """

    rows: tuple[Row, ...] = ()
    over: str = ""
    fresh: bool = True


def keep_figures(run: Run, split: str, rows: Sequence[Row], over: str) -> None:
    """Keep rows beside those of an earlier call on the same results.

    `over` says in words which rule, videos and truths: rows over others are no
    neighbours of these.

    A run that cannot be written keeps nothing: its figures are printed all the same.
    """
    if shipped_name(run.root):
        return
    stamp, before = _stamp(run, split), _read(_path(run, split))
    found = {row.name: row.as_json() for row in rows}
    same = before.get("stamp") == stamp and before.get("over") == over
    kept = before.get("rows") if same else None
    if isinstance(kept, dict) and kept.get("dbs") == found["dbs"]:
        found = kept | found
    # A figure that is none (nothing to average) is no JSON.
    with suppress(InputError, ValueError):
        files.write_json(
            _path(run, split), {"stamp": stamp, "over": over, "rows": found}
        )


def kept_figures(run: Run, split: str) -> KeptFigures:
    """Give what `evaluate` found of a split; no rows where it was not asked."""
    if shipped_name(run.root) and split == run.judged_split:
        shipped = _read(run.root / SHIPPED)
        over = f"THUMOS'14 rule, {split}: {shipped.get('videos')} videos counted"
        value: dict[str, object] = {"rows": shipped, "over": over}
        fresh = True
    else:
        value = _read(_path(run, split))
        if not value:
            return KeptFigures()
        fresh = value.get("stamp") == _stamp(run, split)
    rows = value.get("rows")
    try:
        known = [row_of(name, rows[name]) for name in NAMES if name in rows]  # type: ignore[index,operator]
    except (LookupError, TypeError, ValueError, AttributeError):
        return KeptFigures()
    return KeptFigures(tuple(known), str(value.get("over", "")), fresh)


def _path(run: Run, split: str) -> Path:
    return run.root / files.file_name(f"figures-{split}", ".json")


def _read(path: Path) -> dict[str, object]:
    try:
        value = files.read_json(path)
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}


def _stamp(run: Run, split: str) -> str:
    """Tell results from others; looked into again when one of the files has changed."""
    seen = ((path, path.stat()) for path in run.result_files(split))
    return _stamped(tuple((path, one.st_mtime_ns, one.st_size) for path, one in seen))


@lru_cache(maxsize=4)
def _stamped(results: tuple[tuple[Path, int, int], ...]) -> str:
    """Tell results from others by content, so that work given again keeps its bytes.

    By the checksums that stand in the files: no result is read for it.
    """
    seen = hashlib.sha256()
    for path, _, size in results:
        seen.update(f"{path.name} {size}\n".encode())
        with suppress(OSError, BadZipFile), ZipFile(path) as held:
            parts = [(part.filename, part.CRC) for part in held.infolist()]
            seen.update(repr(parts).encode())
    return seen.hexdigest()
