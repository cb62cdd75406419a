"""Paths that are typed into a page: any here, on a shared server those of its owner."""

import os
from collections.abc import Iterator
from pathlib import Path

from dbs_core.runs.places import home, run_places
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path
from explorer.access.serving import shared

FOLDERS = "DBS_SHARE_FOLDERS"


def typed_path(text: str) -> Path:
    """Read a path as somebody typed it; `~` is the home of the server's user.

    Raises:
        InputError: nothing or no path, or on a shared server one outside of the runs'
            folders and those that `DBS_SHARE_FOLDERS` names, wherever links lead.
            Whether anything lies there is not told.
    """
    if not text.strip():
        raise InputError("no path is given", cure="type one into the field")
    if "\0" in text:
        raise InputError("no path holds a zero byte")
    path = Path(text.strip())
    if not shared():
        return given_path(path)
    real = _resolved(path)
    if real is None or not any(real.is_relative_to(f) for f in _open_folders()):
        raise InputError(
            "this shared server takes paths from its owner's folders only",
            where=text.strip(),
            cure=f"its owner names folders in {FOLDERS}",
        )
    return real


def _open_folders() -> Iterator[Path]:
    named = [Path(t) for t in os.environ.get(FOLDERS, "").split(os.pathsep) if t]
    for folder in (*named, home(), *run_places()):
        if real := _resolved(folder):
            yield real


def _resolved(path: Path) -> Path | None:
    """Follow all links; None where they go round in circles, or there is no such home.

    What is not there resolves too.
    """
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError):
        return None
