"""One at a time: a file or folder that one process holds while it works there.

The kernel keeps these locks (`flock`), so a process that is killed holds nothing, and
no lock file is left over. Where there are none (Windows, some network disks) everybody
gets in, as before.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held(path: Path, *, wait: bool = False, without: bool = True) -> Iterator[bool]:
    """Hold a file or folder that is there; gives whether nobody else does.

    Args:
        path: the file or folder.
        wait: until whoever holds it lets go.
        without: what to say where there are no locks.
    """
    descriptor = _opened(path)
    try:
        yield without if descriptor is None else _locked(descriptor, wait, without)
    finally:
        if descriptor is not None:
            os.close(descriptor)  # lets go too


def _opened(path: Path) -> int | None:
    if fcntl is None:
        return None
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _locked(descriptor: int, wait: bool, without: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows none
        return without
    return True
