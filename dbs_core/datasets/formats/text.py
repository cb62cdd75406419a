"""Text files in and out: UTF-8, gzip or plain, errors with file and line.

A few kilobytes of gzip can unpack to gigabytes, and a text of nothing but commas fills
many times its own size in memory: both are bounded by the size of the file.
"""

import gzip
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.regular_file import require_regular

_GZIP = b"\x1f\x8b"
FLOOR, RATIO = 16 << 20, 20
"""A gzip file may unpack to 16 MiB, or to so many times its own size."""
MOST_BYTES = 2**31
"""An unpacked file beyond this is no annotation or result file."""
ROOM_FLOOR, ROOM_RATIO = 200 << 20, 100
"""What is read of a file may fill 200 MiB of memory, or so many times its own size."""


def read_text(path: Path) -> str:
    """Read a text file, unpacked where it is gzip whatever its name says.

    Budget: a gzip file unpacks to at most 16 MiB or 20 times its own size, any file to
    at most 2 GiB.

    Raises:
        InputError: missing, damaged gzip, too big, or not UTF-8 (with the line).
    """
    size = require_regular(path)
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            most = min(max(FLOOR, RATIO * size), MOST_BYTES) if packed else MOST_BYTES
            if packed:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    raw = unpacked.read(most + 1)
            else:
                raw = file.read() if size <= most else b""
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"cannot read, or damaged ({reason(error)})", where=path
        ) from error
    if max(size, len(raw)) > most:
        raise InputError("too big", where=path, wanted=f"at most {most} bytes unpacked")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            "no UTF-8 text",
            where=f"{path}:{line}",
            got=f"byte 0x{raw[error.start]:02x}",
            cure="save it as UTF-8",
        ) from error


def require_room(path: Path, text: str, weights: Mapping[str, int]) -> None:
    """Check before a text is taken apart that its parts will not fill the memory.

    Budget: 200 MiB, or 100 times the file's own size.

    Args:
        path: the file.
        text: its text.
        weights: bytes that a part takes, by the letter that starts or ends one.

    Raises:
        InputError: they would.
    """
    needed = 2 * sys.getsizeof(text)  # once more for the texts in it
    needed += sum(weight * text.count(mark) for mark, weight in weights.items())
    if needed > max(ROOM_FLOOR, ROOM_RATIO * require_regular(path)):
        raise InputError(
            "too many values for a file of this size",
            where=path,
            got=f"values for {needed >> 20} MiB of memory",
        )


def head_bytes(path: Path, size: int = 4096) -> bytes:
    """Read the first bytes of a file, unpacked where it is gzip.

    Raises:
        InputError: missing, no file, or damaged gzip.
    """
    require_regular(path)
    try:
        with path.open("rb") as file:
            raw = file.read(size)
        if raw.startswith(_GZIP):
            with gzip.open(path) as unpacked:
                raw = unpacked.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read ({reason(error)})", where=path) from error
    return raw


def read_head(path: Path) -> str:
    """Read the first characters of a text file, to see what it is.

    Raises:
        InputError: missing, or damaged gzip.
    """
    return head_bytes(path).decode("utf-8-sig", errors="replace")


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all; gzip where the name ends in .gz.

    Raises:
        InputError: a name in it that UTF-8 cannot hold, or the disk is full.
    """
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "a name that is no UTF-8 text",
            where=path,
            got=repr(text[max(0, error.start - 20) : error.end + 20]),
            cure="rename the video, or write JSON, which can hold it",
        ) from error
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)  # the same text, the same bytes
    files.write_bytes(path, content)
