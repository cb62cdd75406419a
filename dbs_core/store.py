"""The only writer of the engine: records as npz + json, each file whole or absent.

A file is written under a temporary name in its own folder and renamed when
complete, so a crash, a full disk or a cancel leaves the old file or none. Nothing
that runs code is ever read: arrays come with `allow_pickle=False`.
"""

import hashlib
import io
import json
import os
import struct
import sys
import tempfile
import types
import typing
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote

import numpy as np

from dbs_core.errors import InputError

Record = TypeVar("Record")

# What numpy and zipfile raise on damaged files, by where the damage is.
_DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes `path` when the block ends well.

    Raises:
        InputError: the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot write ({error.strerror or error})",
        where=path,
        cure="free some space or choose a folder that can be written",
    )


def allocate(path: Path, size: int) -> None:
    """Make a scratch file of its full size, to be mapped into memory.

    A file with holes would be accepted, and the first write on a full disk then end
    the process with a signal.

    Raises:
        InputError: the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            if sys.platform == "linux":
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
    except OSError as error:
        raise _cannot_write(path, error) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file atomically."""
    with atomic(path) as file:
        file.write(content)


def write_json(path: Path, value: object) -> None:
    """Write JSON with sorted keys: the same value gives the same bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        InputError: the file is missing or no JSON (with line and column).
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError("no such file", where=path) from None
    except OSError as error:
        raise InputError(f"cannot read ({error.strerror})", where=path) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"no valid JSON ({error.msg})",
            where=f"{path}:{error.lineno}:{error.colno}",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise InputError("no valid JSON text", where=path, got=error) from error


def write_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], header: object = None
) -> None:
    """Write named arrays and a JSON header as one compressed npz."""
    text = json.dumps(header, sort_keys=True, allow_nan=False).encode()
    packed = dict(arrays) | {"header": np.frombuffer(text, np.uint8)}
    with atomic(path) as file:
        np.savez_compressed(file, **packed)  # type: ignore[arg-type]


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """Read what `write_arrays` wrote: arrays and header.

    Raises:
        InputError: the file is missing, damaged, or holds Python objects.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
        header = json.loads(arrays.pop("header").tobytes())
    except FileNotFoundError:
        raise InputError("no such file", where=path) from None
    except _DAMAGED as error:
        raise InputError(
            f"damaged or not one of our files ({error})",
            where=path,
            cure="delete it and run the command again",
        ) from error
    return arrays, header


def write_record(path: Path, record: object) -> None:
    """Write any record of `records.py`: arrays to npz, the rest to its header."""
    arrays: dict[str, np.ndarray] = {}
    header = _pack(record, "", arrays)
    write_arrays(path, arrays, header)


def read_record(path: Path, kind: type[Record]) -> Record:
    """Read a record of the given kind; it checks itself as it is built.

    Raises:
        InputError: missing, damaged, or a record of another kind or version.
    """
    arrays, header = read_arrays(path)
    try:
        return _unpack(kind, "", header, arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"no valid {kind.__name__} ({error})",
            where=path,
            cure="delete it and run the command again",
        ) from error


def to_json(record: object) -> object:
    """Turn a record without arrays (settings, class lists) into JSON values."""
    return _pack(record, "", {})


def from_json(kind: type[Record], value: object) -> Record:
    """Rebuild a record without arrays; KeyError or TypeError when it does not fit."""
    return _unpack(kind, "", value, {})


def file_name(video_id: str, suffix: str) -> str:
    """Turn any id into a file name that stays inside its folder.

    Plain ids keep their name; others are percent-encoded; long ones are cut and
    told apart by a hash.
    """
    safe = quote(video_id, safe=" ()[]+,=@").replace(".", "%2E")
    if len(safe) > 150 or not safe:
        digest = hashlib.sha256(video_id.encode()).hexdigest()[:16]
        safe = f"{safe[:120]}-{digest}"
    return safe + suffix


def fingerprint(*parts: object) -> str:
    """Hash settings and identities to 16 hex digits, the key of every cache."""
    text = json.dumps(parts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    return str(value)


def _pack(record: object, prefix: str, arrays: dict[str, np.ndarray]) -> object:
    """Split a value into JSON (returned) and arrays (added under dotted names)."""
    if isinstance(record, np.ndarray):
        arrays[prefix] = record
        return "array"
    if is_dataclass(record):
        return {
            f.name: _pack(
                getattr(record, f.name), f"{prefix}.{f.name}".lstrip("."), arrays
            )
            for f in fields(record)
        }
    # As JSON reads it back: what was written can be compared with what is there.
    return list(record) if isinstance(record, tuple) else record


def _unpack(
    kind: Any, prefix: str, header: Any, arrays: Mapping[str, np.ndarray]
) -> Any:
    """Rebuild a value of `kind` from JSON and arrays."""
    if isinstance(header, str) and header == "array" and prefix in arrays:
        return arrays[prefix]
    if header is None:
        return None
    choices = [
        a
        for a in (
            typing.get_args(kind)
            if isinstance(kind, types.UnionType)
            or typing.get_origin(kind) is typing.Union
            else (kind,)
        )
        if a is not type(None)
    ]
    record = next((a for a in choices if is_dataclass(a)), None)
    if record is None:
        return tuple(header) if isinstance(header, list) else header
    return record(  # type: ignore[operator]
        **{
            f.name: _unpack(
                f.type, f"{prefix}.{f.name}".lstrip("."), header[f.name], arrays
            )
            for f in fields(record)
            if f.name in header or not _has_default(f)
        }
    )


def _has_default(field: Field[Any]) -> bool:
    """Say whether a record written before this field existed still reads."""
    return field.default is not MISSING or field.default_factory is not MISSING
