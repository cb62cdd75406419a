"""Arrays of numbers in npz and npy files, read within a budget and without code.

A few kilobytes of zip can unpack to gigabytes. What a file says of itself, the sizes in
its directory and the heads of its arrays, is therefore looked at before anything is
unpacked, and each must fit the other.
"""

import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.regular_file import require_regular

FLOOR = 32 << 20
"""Bytes that a file of any size may unpack to."""
RATIO = 16
"""A bigger file may unpack to so many times its own size. Numbers rarely shrink to a
third; what is written here and would shrink further is written as it is."""
HEAD = 256
"""Bytes that an array's head takes at most where it is written here."""
LOCAL_HEAD = 30
"""Bytes before a zip member's name; the last four say how long it and its extra are."""
PIECE = 1 << 18
DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    RuntimeError,
    MemoryError,
    TypeError,
    AttributeError,
    OverflowError,
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What numpy and zipfile raise on damaged files, by where the damage is."""


Stream = IO[bytes] | zipfile.ZipExtFile


@dataclass(frozen=True)
class Head:
    """What a file says of one of its arrays."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    by_columns: bool


def budget(packed: int) -> int:
    """Give the most bytes that a file of so many may unpack to."""
    return max(FLOOR, RATIO * packed)


def require_small(path: Path) -> None:
    """Check by its directory that a zip archive unpacks to no more than its budget.

    Raises:
        InputError: it would, or is no zip archive.
    """
    with _opened(path):
        pass


def heads(path: Path, names: Collection[str]) -> dict[str, Head]:
    """Read the heads of some arrays of an npz, as far as it has them.

    Raises:
        InputError: no such file, damaged, over its budget, or no numbers.
    """
    with _opened(path) as archive:
        found = _members(archive)
        return {n: _head(archive, found[n]) for n in names if n in found}


def read_npz(
    path: Path, names: Collection[str] | None = None, *, cure: str = ""
) -> dict[str, np.ndarray]:
    """Read arrays of an npz: all, or those of some names as far as it has them.

    Budget: 32 MiB unpacked, or 16 times the file's own size.

    Raises:
        InputError: no such file, damaged, over its budget, or no numbers.
    """
    with _opened(path, cure) as archive:
        found = _members(archive)
        wanted = found if names is None else [n for n in names if n in found]
        return {name: _array(archive, found[name]) for name in wanted}


def map_npz(path: Path, name: str) -> np.ndarray:
    """Map an array of an npz into memory: it is read as it is used.

    One that is compressed is read whole. Its checksum is looked at first.

    Raises:
        InputError: as `read_npz`, or there is no such array.
    """
    with _opened(path) as archive:
        member = _members(archive)[name]
        if member.compress_type != zipfile.ZIP_STORED:
            return _array(archive, member)
        with _open(archive, member) as file:
            head = _checked_head(file, member.file_size)
            start = _start_of(path, member) + file.tell()
            while file.read(PIECE):
                pass
        order: Literal["F", "C"] = "F" if head.by_columns else "C"
        return np.memmap(path, head.dtype, "r", start, head.shape, order)


def _start_of(path: Path, member: zipfile.ZipInfo) -> int:
    """Give where a member's bytes begin: after its local head, name and extra."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        local = file.read(LOCAL_HEAD)
    name, extra = struct.unpack("<HH", local[-4:])
    return member.header_offset + LOCAL_HEAD + int(name) + int(extra)


def npy_head(path: Path) -> Head:
    """Read the head of an npy file and check that its array is there.

    Raises:
        InputError: no such file, damaged, or no numbers.
    """
    size = require_regular(path)
    with damage_of(path), path.open("rb") as file:
        return _checked_head(file, size)


@contextmanager
def damage_of(path: Path, cure: str = "") -> Iterator[None]:
    """Turn whatever damage a reader meets in a file into one line about it."""
    try:
        yield
    except InputError:
        raise
    except DAMAGED as error:
        raise InputError(
            "damaged or not one of our files",
            where=path,
            because=reason(error)[:160],
            cure=cure,
        ) from error


@contextmanager
def _opened(path: Path, cure: str = "") -> Iterator[zipfile.ZipFile]:
    packed = require_regular(path)
    with damage_of(path, cure), zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > budget(packed):
            raise InputError(
                "too big unpacked",
                where=path,
                wanted=f"at most {budget(packed)} bytes of {packed} packed ones",
                got=size,
                cure=cure,
            )
        yield archive


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    return {m.filename.removesuffix(".npy"): m for m in archive.infolist()}


def _open(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Stream:
    # Others may ask for gigabytes before the first byte is there.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename}: compressed in another way than npz")
    return archive.open(member)


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Head:
    with _open(archive, member) as file:
        return _checked_head(file, member.file_size)


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    with _open(archive, member) as file:
        head = _checked_head(file, member.file_size)
        array = np.empty(math.prod(head.shape), head.dtype)
        place = array.view(np.uint8)
        done = 0
        # Piece by piece into its place: no second copy of it in memory.
        while piece := file.read(PIECE):
            place[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
            done += len(piece)
    if done < len(place):
        raise EOFError(f"{member.filename}: ends after {done} bytes")
    return array.reshape(head.shape, order="F" if head.by_columns else "C")


def _checked_head(file: Stream, size: int) -> Head:
    """Read an array's head; it must be of numbers, and as long as the file says.

    Raises:
        ValueError: it is not; or whatever numpy raises.
    """
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise ValueError(f"array of version {version}")
    shape, by_columns, dtype = read(file)
    if dtype.kind not in "biuf":
        raise ValueError(f"no array of numbers but of {str(dtype)[:40]}")
    if min(shape, default=0) < 0 or (
        file.tell() + math.prod(shape) * dtype.itemsize != size
    ):
        raise ValueError(f"{size} bytes are no array of {dtype} {shape}")
    return Head(shape, dtype, by_columns)
