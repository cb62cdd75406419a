"""The run folders that users opened: remembered in a small file of the user's.

`runs.json` in `DBS_STATE`, else in `dbs-explorer` below `XDG_STATE_HOME` or
`~/.local/state`. What cannot be remembered is known until the server ends.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path

import streamlit as st

from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.locks import held
from explorer.access.paths import typed_path
from explorer.access.serving import shared


def state_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Say where the list of folders is kept."""
    if named := environment.get("DBS_STATE"):
        return Path(named).expanduser() / "runs.json"
    common = environment.get("XDG_STATE_HOME") or environment.get("LOCALAPPDATA")
    place = Path(common) if common else Path.home() / ".local" / "state"
    return place / "dbs-explorer" / "runs.json"


@st.cache_resource(show_spinner=False)
def _of_this_server() -> set[Path]:
    return set()


def known_folders() -> tuple[Path, ...]:
    """Give the folders that may be looked into; a damaged list is an empty one."""
    try:
        kept = remembered()
    except InputError:
        kept = ()
    known = dict.fromkeys((*kept, *sorted(_of_this_server())))
    return tuple(path for path in known if _is_open(path))


def _is_open(folder: Path) -> bool:
    """Say whether a folder can be looked into, on a shared server by anybody."""
    try:
        given_path(folder)
        if shared():
            typed_path(str(folder))
    except InputError:
        return False
    return True


def remembered() -> tuple[Path, ...]:
    """Read the list.

    Raises:
        InputError: it is damaged.
    """
    path = state_file()
    if not path.exists():
        return ()
    value = files.read_json(path)
    folders = value.get("folders") if isinstance(value, dict) else None
    if not isinstance(folders, list) or not all(
        isinstance(f, str) and Path(f).is_absolute() and "\0" not in f for f in folders
    ):
        raise InputError(
            "no list of run folders", where=path, cure="delete it and open them again"
        )
    return tuple(Path(folder) for folder in folders)


def add(folder: Path, *, keep: bool) -> None:
    """Know a folder from now on, after a restart too where it is to be kept.

    Raises:
        CannotWrite: it is known until the server ends.
    """
    place = folder.absolute()
    _of_this_server().add(place)
    if keep:
        _rewrite(lambda kept: dict.fromkeys((*kept, place)))


def forget(folder: Path) -> None:
    """Take a folder from the list; nothing in it is touched.

    Raises:
        CannotWrite: the list cannot be written.
    """
    _of_this_server().discard(folder)
    _rewrite(lambda kept: [path for path in kept if path != folder])


def _rewrite(change: Callable[[tuple[Path, ...]], Iterable[Path]]) -> None:
    """Change the list, one server at a time; a damaged one is kept aside."""
    path = state_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.cannot_write(path, error) from error
    with held(path.parent, wait=True):
        try:
            kept = remembered()
        except InputError:
            kept = ()
            _set_aside(path)
        files.write_json(path, {"folders": [str(folder) for folder in change(kept)]})


def _set_aside(path: Path) -> None:
    aside = (path.with_name(f"runs.damaged-{n}.json") for n in count(1))
    try:
        path.rename(next(place for place in aside if not place.exists()))
    except OSError as error:
        raise files.cannot_write(path, error) from error
