"""One file of features made elsewhere: what it holds, and its maps.

Maps are [t, h, w, d]; a sequence of pooled features is one of 1 x 1 maps, stored
[t, d] or [d, t]. Which of the two its folder knows (`map_folder.py`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from dbs_core.records import Maps, PackedMaps, let_go, stretch
from dbs_core.runtime import npz
from dbs_core.runtime.errors import InputError

CHUNK = 64
"""Frames that are checked at a time."""
MAPS = ("maps", "features", "feats")
TIMES, DURATION, LEAD = "times_s", "duration_s", "lead_s"
LOW, SCALE = "low", "scale"
"""Names of an npz's arrays; ActionFormer and its followers write `feats`."""

Layout = tuple[int, int, int, int]


@dataclass(frozen=True)
class MapsFile:
    """The head of a maps file: its array's shape, and how many times it names.

    `times` is None where the file names none.
    """

    path: Path
    name: str
    stored: tuple[int, ...]
    times: int | None
    turned: bool = False
    """A sequence of [d, t]; its folder says so."""

    @property
    def shape(self) -> Layout:
        """The shape as [t, h, w, d]."""
        if len(self.stored) == 4:
            t, h, w, d = self.stored
            return t, h, w, d
        t, d = reversed(self.stored) if self.turned else self.stored
        return t, 1, 1, d

    @property
    def note(self) -> str:
        """What a user should know of a file that is usable all the same."""
        count = self.shape[0]
        if self.times is None or self.times == count:
            return ""
        return (
            f"{self.path}: {count} maps and {self.times} times, "
            f"the first {min(self.times, count)} are used"
        )


@dataclass(frozen=True, eq=False)
class ReadMaps:
    """Maps of a video with their times, where the file has them."""

    maps: Maps
    times_s: Float64[np.ndarray, " t"] | None
    duration_s: float | None
    lead_s: float | None = None
    """How long before its time a map begins to stand, where the file says so."""


def look_into(path: Path) -> MapsFile:
    """Read the head of a file, not its maps.

    Raises:
        InputError: damaged, no numbers, or neither a sequence nor maps.
    """
    times, name = None, ""
    if path.suffix == ".npy":
        maps = npz.npy_head(path)
    else:
        found = npz.heads(path, (*MAPS, TIMES))
        name = next((name for name in MAPS if name in found), "")
        if not name:
            raise InputError(
                "no array 'maps' in it", where=path, wanted=" or ".join(MAPS)
            )
        maps = found[name]
        if TIMES in found:
            times = _number_of_times(found[TIMES], path)
    shape, dtype = maps.shape, maps.dtype
    if dtype.kind not in "fiu" or len(shape) not in (2, 4) or 0 in shape:
        raise InputError(
            "no feature maps",
            where=path,
            wanted="numbers of shape t x h x w x d, or t x d of pooled ones",
            got=f"{dtype} of shape {shape}",
        )
    return MapsFile(path, name, shape, times)


def _number_of_times(head: npz.Head, path: Path) -> int:
    """Give how many moments there are: seconds of at least one map."""
    if len(head.shape) != 1 or not head.shape[0]:
        raise InputError(
            "no times_s", where=path, wanted="seconds of shape t", got=head.shape
        )
    return head.shape[0]


def read_maps(file: MapsFile) -> ReadMaps:
    """Read a file's maps: mapped into memory, or whole where they are compressed.

    Budget of an npz: as `npz.read_npz`.

    Raises:
        InputError: damaged, or maps or times that are no finite numbers.
    """
    found: dict[str, np.ndarray] = {}
    if file.path.suffix == ".npy":
        with npz.damage_of(file.path):
            stored = np.load(file.path, mmap_mode="r", allow_pickle=False)
    else:
        found = npz.read_npz(file.path, (TIMES, DURATION, LEAD, LOW, SCALE))
        stored = npz.map_npz(file.path, file.name)
    times = found[TIMES].astype(np.float64) if TIMES in found else None
    maps = _unpacked(_laid(stored, file), found, file)
    length = len(maps) if times is None else min(len(maps), len(times))
    maps = stretch(maps, 0, length)
    _require_finite(maps, file.path)
    return ReadMaps(
        maps,
        None if times is None else times[:length],
        _seconds(DURATION, found, file.path),
        _seconds(LEAD, found, file.path),
    )


def _unpacked(stored: np.ndarray, found: dict[str, np.ndarray], file: MapsFile) -> Maps:
    """Give the numbers that bytes stand for, where there are low and scale.

    Raises:
        InputError: low or scale alone, or not one a channel.
    """
    if LOW not in found and SCALE not in found:
        floats = stored.dtype in (np.float16, np.float32)
        return stored if floats else stored.astype(np.float32)
    wanted = (file.shape[3],)
    for name in (LOW, SCALE):
        got = found[name].shape if name in found else "none"
        if got != wanted:
            raise InputError(
                f"no {name} of each channel", where=file.path, wanted=wanted, got=got
            )
    low, scale = (found[name].astype(np.float32) for name in (LOW, SCALE))
    if stored.dtype == np.uint8:
        return PackedMaps(stored, low, scale)
    return (stored * scale + low).astype(np.float16)


def _laid(stored: np.ndarray, file: MapsFile) -> np.ndarray:
    """Lay a sequence out as 1 x 1 maps; one of [d, t] is copied, as it is small."""
    if file.turned:
        stored = np.ascontiguousarray(stored.T)
    return stored.reshape(file.shape)


def _require_finite(maps: Maps, path: Path) -> None:
    for first in range(0, len(maps), CHUNK):
        finite = np.isfinite(maps[first : first + CHUNK]).all(axis=(1, 2, 3))
        let_go(maps)
        if not finite.all():
            raise InputError(
                "maps that are no finite numbers",
                where=path,
                got=f"NaN or infinity in map {first + int(np.argmin(finite))}",
            )


def _seconds(name: str, found: dict[str, np.ndarray], path: Path) -> float | None:
    stored = found.get(name)
    if stored is None:
        return None
    if stored.size != 1 or not 0 <= stored.item() < np.inf:
        raise InputError(
            f"no {name}", where=path, wanted="seconds", got=str(stored)[:40]
        )
    return float(stored.item())
