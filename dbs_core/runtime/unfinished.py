"""What is not finished yet: a file or folder beside its place, under a name of ours.

It is held while somebody works on it. A kill leaves it behind, held by nobody: whoever
next begins one in that folder removes it.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from dbs_core.runtime.locks import held

PREFIX = ".part-"
"""Begins the names of what is not finished, also of earlier versions."""
_OURS = f"{PREFIX}dbs-"
"""Begins the names of what may be removed: nobody else's."""
_OLD_S = 86_400.0
"""Age from which something is taken for left over where nothing can be held."""


def part_file(folder: Path) -> AbstractContextManager[Path]:
    """Make an empty file; it goes when the block ends, unless it was moved away.

    Raises:
        OSError: the folder cannot be written.
    """
    return _part(folder, _new_file)


def part_folder(folder: Path) -> AbstractContextManager[Path]:
    """Make an empty folder; it goes with all in it when the block ends.

    Raises:
        OSError: the folder cannot be written.
    """
    return _part(folder, _new_folder)


def clear(folder: Path) -> None:
    """Remove what dead processes left in a folder; what is at work stays."""
    try:
        names = [e.name for e in os.scandir(folder) if e.name.startswith(_OURS)]
    except OSError:
        return
    for name in names:
        _clear_one(folder / name)


def clear_below(root: Path) -> None:
    """Remove what dead processes left in a folder of ours and all folders in it."""
    for folder, _, _ in os.walk(root):
        clear(Path(folder))


@contextmanager
def _part(folder: Path, make: Callable[[Path], Path]) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    while True:
        path = make(folder)
        with held(path, wait=True):
            # Whoever clears up may have come between the two: then another one.
            if path.exists():
                try:
                    yield path
                finally:
                    _remove(path)
                return


def _new_file(folder: Path) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=_OURS, dir=folder)
    os.close(descriptor)
    return Path(name)


def _new_folder(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(prefix=_OURS, dir=folder))


def _clear_one(path: Path) -> None:
    with suppress(OSError):
        old = time.time() - path.stat().st_mtime > _OLD_S
        with held(path, without=old) as free:
            if free:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
