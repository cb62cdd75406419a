"""Only files are read: a pipe would wait for ever, a device may have no end."""

import stat
from pathlib import Path

from dbs_core.runtime.errors import InputError, reason


def require_regular(path: Path) -> int:
    """Check that a path is a file, by its own kind or through links; give its bytes.

    Raises:
        InputError: nothing there, or a folder, a pipe, a socket or a device.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError("no such file", where=path) from None
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=path) from error
    except ValueError as error:  # a name that no file can have
        raise InputError(f"cannot read ({error})", where=path) from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            "cannot read", where=path, wanted="a file", got=_kind(status.st_mode)
        )
    return status.st_size


def _kind(mode: int) -> str:
    """Name what is there in place of a file."""
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"
