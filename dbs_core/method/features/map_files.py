"""One file of feature maps made elsewhere: what it holds, and its maps."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32, Float64

from dbs_core.runtime import npz
from dbs_core.runtime.errors import InputError

CHUNK = 256
"""Frames that are checked at a time."""
MAPS, TIMES, DURATION = "maps", "times_s", "duration_s"


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
    times = None
    if path.suffix == ".npy":
        maps = npz.npy_head(path)
    else:
        found = npz.heads(path, (MAPS, TIMES))
        for name in (MAPS, TIMES):
            if name not in found:
                raise InputError(f"no array '{name}' in it", where=path)
        maps = found[MAPS]
        times = _number_of_times(found[TIMES], path)
    shape, dtype = maps.shape, maps.dtype
    if dtype.kind not in "fiu" or len(shape) != 4 or 0 in shape:
        raise InputError(
            "no feature maps",
            where=path,
            wanted="numbers of shape t x h x w x d",
            got=f"{dtype} of shape {shape}",
        )
    return MapsFile(path, shape, times)


def _number_of_times(head: npz.Head, path: Path) -> int:
    """Give how many moments there are: seconds of at least one map."""
    if len(head.shape) != 1 or not head.shape[0]:
        raise InputError(
            "no times_s", where=path, wanted="seconds of shape t", got=head.shape
        )
    return head.shape[0]


def read_maps(file: MapsFile) -> ReadMaps:
    """Read a file's maps: mapped into memory (`.npy`) or whole (`.npz`).

    Budget of an npz: as `npz.read_npz`.

    Raises:
        InputError: damaged, or maps or times that are no finite numbers.
    """
    times: np.ndarray | None = None
    duration_s = None
    if file.path.suffix == ".npy":
        with npz.damage_of(file.path):
            maps = np.load(file.path, mmap_mode="r", allow_pickle=False)
    else:
        found = npz.read_npz(file.path, (MAPS, TIMES, DURATION))
        maps, times = found[MAPS], found[TIMES].astype(np.float64)
        duration_s = _duration(found.get(DURATION), file.path)
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


def _duration(stored: np.ndarray | None, path: Path) -> float | None:
    if stored is None:
        return None
    if stored.size != 1 or not 0 <= stored.item() < np.inf:
        raise InputError(
            "no duration_s", where=path, wanted="seconds", got=str(stored)[:40]
        )
    return float(stored.item())
