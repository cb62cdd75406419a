"""How the C library keeps memory, where it is glibc: little of what was freed.

A server has many threads, one a page that runs. Left alone glibc gives each a heap of
its own and keeps what they freed: eight busy pages held 250 MB more.
"""

import ctypes
import sys

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_HEAPS = 2


def share_heaps() -> None:
    """Let all threads share two heaps; to be called before there are threads."""
    _call("mallopt", _ARENA_MAX, _HEAPS)


def trim() -> None:
    """Hand what was freed to the system."""
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    if sys.platform != "linux":
        return
    function = getattr(ctypes.CDLL(None), name, None)  # other C libraries lack it
    if function is not None:
        function(*numbers)
