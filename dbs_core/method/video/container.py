"""Opening a file as a video container, whatever its name and whatever is in it."""

from pathlib import Path

import av

from dbs_core.runtime.errors import InputError


def require_file(path: Path) -> None:
    """Check that there is a file.

    Raises:
        InputError: nothing there, a folder, or not to be looked at.
    """
    try:
        if path.is_dir():
            raise InputError("a folder, not a video file", where=path)
        if not path.exists():
            raise InputError("no such file", where=path)
    except OSError as error:
        raise InputError(f"cannot read ({describe(error)})", where=path) from error


def open_container(path: Path) -> av.container.InputContainer:
    """Open a local video file, whatever its name looks like.

    Raises:
        InputError: no such file, a folder, not readable, or no media file.
    """
    require_file(path)
    try:
        # "file:" and the whitelist: a name such as "http:x" is a name, and a play
        # list inside the file opens nothing beyond this machine's files.
        return av.open(
            f"file:{path}",
            metadata_errors="replace",
            options={"protocol_whitelist": "file"},
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"not a video that can be opened ({describe(error)})", where=path
        ) from error


def describe(error: BaseException) -> str:
    """Say in a few words what went wrong, without numbers and paths."""
    if isinstance(error, BlockingIOError):
        return "a stretch without one readable packet"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
