"""Files whole or absent: bytes, JSON, arrays, safe names, room on the disk."""

import hashlib
import json
import math
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import numpy as np
from numpy.typing import DTypeLike

from dbs_core.runtime import npz
from dbs_core.runtime.errors import CannotWrite, InputError, reason
from dbs_core.runtime.regular_file import require_regular
from dbs_core.runtime.unfinished import part_file

MADE_BY = "DBS Explorer"
"""Stands in every picture: what bears it may be replaced by the next."""
SPARE = 200 << 20
"""Bytes that stay free on the disk, whatever is written."""


def require_space(folder: Path, needed: int) -> None:
    """Check that a disk has room.

    Raises:
        CannotWrite: it has not, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise cannot_write(folder, error) from error
    if free < needed + SPARE:
        raise CannotWrite(
            "not enough space on the disk",
            where=folder,
            wanted=f"{(needed + SPARE) / 1e6:.0f} MB",
            got=f"{free / 1e6:.0f} MB",
            cure="free some space, or set DBS_HOME to a folder on another disk",
        )


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes `path` when the block ends well.

    Raises:
        CannotWrite: the disk is full or the folder cannot be written.
    """
    try:
        _require_no_device(path)
        with part_file(path.parent) as temporary:
            with temporary.open("wb") as file:
                yield file
            temporary.chmod(0o644)
            temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _require_no_device(path: Path) -> None:
    """Refuse to put a file in the place of a device or pipe: root could."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise CannotWrite("cannot write", where=path, wanted="a file", got="a device")


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Make an empty file for work in progress; it goes when the block ends.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    with ExitStack() as stack:
        try:
            path = stack.enter_context(part_file(folder))
        except OSError as error:
            raise cannot_write(folder, error) from error
        yield path


def cannot_write(path: Path, error: OSError) -> CannotWrite:
    """Say in one line that a file or folder could not be written, and why."""
    return CannotWrite(
        f"cannot write ({reason(error)})",
        where=path,
        cure="free some space or choose a folder that can be written",
    )


def allocate(path: Path, size: int) -> None:
    """Make a scratch file of its full size, to be mapped into memory.

    A file with holes would be accepted, and the first write on a full disk then end
    the process with a signal.

    Raises:
        CannotWrite: the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            if sys.platform == "linux":
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
    except OSError as error:
        raise cannot_write(path, error) from error


def map_array(path: Path, kind: DTypeLike, shape: tuple[int, ...]) -> np.ndarray:
    """Map a file of bare numbers into memory; it is read as it is used.

    Raises:
        InputError: it is gone, or of another size.
    """
    try:
        found = np.memmap(path, kind, "r")
        return found.reshape(shape)
    except (OSError, ValueError) as error:
        raise InputError(
            f"damaged ({reason(error)})",
            where=path,
            cure="delete it and run the command again",
        ) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file atomically; one that holds this already is left alone."""
    if _holds(path, content):
        return
    with atomic(path) as file:
        file.write(content)


def _holds(path: Path, content: bytes) -> bool:
    try:
        same_size = path.is_file() and path.stat().st_size == len(content)
        return same_size and path.read_bytes() == content
    except OSError:
        return False


def write_json(path: Path, value: object) -> None:
    """Write JSON with sorted keys: the same value gives the same bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    """Read JSON: a file of ours, in memory some 100 times its own size at most.

    Raises:
        InputError: the file is missing or no JSON (with line and column).
    """
    require_regular(path)
    try:
        return strict_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=path) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"no valid JSON ({error.msg})",
            where=f"{path}:{error.lineno}:{error.colno}",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError("no valid JSON text", where=path, got=error) from error


def strict_json(text: bytes) -> Any:
    """Read JSON whose numbers are finite (ValueError or RecursionError else)."""
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is no finite number")
    return value


def write_arrays(
    path: Path, arrays: Mapping[str, np.ndarray], header: object = None
) -> None:
    """Write named arrays and a JSON header as one npz, packed.

    As they are where they would shrink to less than a reader takes for genuine, such
    as pictures of an hour of darkness.
    """
    text = json.dumps(header, sort_keys=True, allow_nan=False).encode()
    named = dict(arrays) | {"header": np.frombuffer(text, np.uint8)}
    size = sum(array.nbytes + npz.HEAD for array in named.values())
    with atomic(path) as file:
        np.savez_compressed(file, **named)  # type: ignore[arg-type]
        if size > npz.budget(file.tell()):
            file.seek(0)
            file.truncate()
            np.savez(file, **named)  # type: ignore[arg-type]


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """Read what `write_arrays` wrote: arrays and header. Budget: as `npz.read_npz`.

    Raises:
        InputError: the file is missing, damaged, or holds no plain numbers.
    """
    cure = "delete it and run the command again"
    arrays = npz.read_npz(path, cure=cure)
    with npz.damage_of(path, cure):
        return arrays, strict_json(arrays.pop("header").tobytes())


def file_name(video_id: str, suffix: str) -> str:
    """Turn any id into a file name that stays inside its folder.

    Plain ids keep their name; others are percent-encoded, also bytes of a name that
    is not UTF-8; long ones are cut and told apart by a hash.
    """
    raw = video_id.encode(errors="surrogatepass")
    safe = quote(raw, safe=" ()[]+,=@").replace(".", "%2E")
    if len(safe) > 150 or not safe:
        digest = hashlib.sha256(raw).hexdigest()[:16]
        safe = f"{safe[:120]}-{digest}"
    return safe + suffix
