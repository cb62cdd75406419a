"""Text files in and out: UTF-8, gzip or plain, errors with file and line."""

import gzip
import io
import zlib
from pathlib import Path

from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError

_GZIP = b"\x1f\x8b"
MOST_BYTES = 2**31
"""An unpacked file beyond this is no annotation or result file."""


def read_text(path: Path) -> str:
    """Read a text file, unpacked where it is gzip whatever its name says.

    Raises:
        InputError: missing, damaged gzip, too big, or not UTF-8 (with the line).
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read ({error.strerror})", where=path) from error
    if raw.startswith(_GZIP):
        raw = _unpacked(path, raw)
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


def head_bytes(path: Path, size: int = 4096) -> bytes:
    """Read the first bytes of a file, unpacked where it is gzip.

    Raises:
        InputError: missing, or damaged gzip.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(size)
        if raw.startswith(_GZIP):
            with gzip.open(path) as unpacked:
                raw = unpacked.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read ({error})", where=path) from error
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


def _unpacked(path: Path, raw: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"damaged gzip file ({error})", where=path) from error
    if len(content) > MOST_BYTES:
        raise InputError(
            "too big", where=path, wanted=f"at most {MOST_BYTES} bytes unpacked"
        )
    return content
