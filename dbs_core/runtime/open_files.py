"""How many files a process may hold open: a training maps one a video.

Maps are read from disk as they are used, and a mapping holds its file open. The usual
limit of 1024 on Linux, 256 on macOS, is for programs of another kind; up to the
system's own a process may raise it.
"""

from dbs_core.runtime.errors import InputError

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

OTHERS = 256
"""Files that are open for anything else: libraries, pipes, a browser's connections."""


def allow_open_files(count: int) -> None:
    """Let the process hold that many files open beside all others.

    Raises:
        InputError: the system does not allow as many.
    """
    if resource is None:
        return
    wanted = count + OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        raise InputError(
            f"too few files may be open at once to map those of {count} videos",
            wanted=wanted,
            got=hard,
            cure="raise the limit of the system (ulimit -Hn)",
        ) from None
