"""One file of feature maps made elsewhere: what it holds, and its maps."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from jaxtyping import Float16, Float32, Float64

from dbs_core.runtime.errors import InputError

CHUNK = 256
"""Frames that are checked at a time."""
MAPS, TIMES, DURATION = "maps.npy", "times_s.npy", "duration_s.npy"
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class MapsFile:
    """The head of a maps file: shape [t, h, w, d], and how many times it names.

    `times` is None where the file names none (`.npy`).
    """

    path: Path
    shape: tuple[int, int, int, int]
    times: int | None

    @property
    def note(self) -> str:
        """What a user should know of a file that is usable all the same."""
        if self.times is None or self.times == self.shape[0]:
            return ""
        shorter = min(self.times, self.shape[0])
        return (
            f"{self.path}: {self.shape[0]} maps and {self.times} times, "
            f"the first {shorter} are used"
        )


@dataclass(frozen=True, eq=False)
class ReadMaps:
    """Maps of a video with their times, where the file has them."""

    maps: Float16[np.ndarray, "t h w d"] | Float32[np.ndarray, "t h w d"]
    times_s: Float64[np.ndarray, " t"] | None
    duration_s: float | None


def look_into(path: Path) -> MapsFile:
    """Read the head of a file, not its maps.

    Raises:
        InputError: damaged, no numbers, or of another shape than [t, h, w, d].
    """
    try:
        if path.suffix == ".npy":
            with path.open("rb") as file:
                shape, dtype = _head(file)
            times = None
        else:
            with zipfile.ZipFile(path) as packed:
                with packed.open(MAPS) as file:
                    shape, dtype = _head(file)
                with packed.open(TIMES) as file:
                    (times,), _ = _head(file)
    except _DAMAGED as error:
        raise _unusable(path, error) from error
    if dtype.kind not in "fiu" or len(shape) != 4 or 0 in shape:
        raise InputError(
            "no feature maps",
            where=path,
            wanted="numbers of shape t x h x w x d",
            got=f"{dtype} of shape {shape}",
        )
    return MapsFile(path, shape, times)


def _head(
    file: "IO[bytes] | zipfile.ZipExtFile",
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array in NumPy's format."""
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read(file)
    return shape, dtype


def read_maps(file: MapsFile) -> ReadMaps:
    """Read a file's maps: mapped into memory (`.npy`) or whole (`.npz`).

    Raises:
        InputError: damaged, or maps or times that are no finite numbers.
    """
    try:
        if file.path.suffix == ".npy":
            maps = np.load(file.path, mmap_mode="r", allow_pickle=False)
            times, duration_s = None, None
        else:
            with np.load(file.path, allow_pickle=False) as packed:
                maps, times = packed["maps"], packed["times_s"].astype(np.float64)
                duration_s = (
                    float(packed["duration_s"]) if "duration_s" in packed else None
                )
    except (*_DAMAGED, TypeError) as error:
        raise _unusable(file.path, error) from error
    length = len(maps) if times is None else min(len(maps), len(times))
    maps = maps[:length]
    if maps.dtype not in (np.float16, np.float32):
        maps = maps.astype(np.float32)
    _require_finite(maps, file.path)
    return ReadMaps(maps, None if times is None else times[:length], duration_s)


def _require_finite(maps: np.ndarray, path: Path) -> None:
    for first in range(0, len(maps), CHUNK):
        finite = np.isfinite(maps[first : first + CHUNK]).all(axis=(1, 2, 3))
        if not finite.all():
            raise InputError(
                "maps that are no finite numbers",
                where=path,
                got=f"NaN or infinity in map {first + int(np.argmin(finite))}",
            )


def _unusable(path: Path, error: Exception) -> InputError:
    return InputError(
        "cannot be read as maps",
        where=path,
        got=error,
        wanted="a .npy of maps, or a .npz of maps and times_s",
    )
