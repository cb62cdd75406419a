"""Paths as users name them: what the system cannot look at is refused at the door."""

import os
from pathlib import Path

from dbs_core.runtime.errors import InputError, reason

LONGEST = 3500
"""Bytes of a path: what is made below it must fit into the system's 4096."""


def given_path(path: str | Path) -> Path:
    """Take a path that a user named, whether or not anything is there; `~` is a home.

    Raises:
        InputError: a name that is too long or no name, links in circles, a folder
            that may not be looked into, or no such user's home.
    """
    try:
        place = Path(path).expanduser()
    except RuntimeError as error:
        raise InputError("no such user", where=path) from error
    if len(os.fsencode(place)) > LONGEST:
        raise InputError("the path is too long", where=f"{str(place)[:100]}...")
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # to be made, or missed by whoever reads it
    except OSError as error:
        raise InputError(f"cannot be used ({reason(error)})", where=place) from error
    except ValueError as error:
        raise InputError(f"cannot be used ({error})", where=place) from error
    return place
