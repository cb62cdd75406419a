"""Feature maps as bytes: a quarter of floats, in memory or mapped from a file.

What is read of them becomes numbers, and nothing else does: maps of a long video may be
larger than memory.
"""

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float16, Float32, UInt8

from dbs_core.records.checks import freeze
from dbs_core.records.one_line import one_line

CHUNK = 32
"""Frames that become numbers at a time."""


@dataclass(frozen=True, eq=False)
class PackedMaps:
    """Maps whose channel d is `low[d] + scale[d] * stored[..., d]`, as float16."""

    stored: UInt8[np.ndarray, "t h w d"]
    low: Float32[np.ndarray, " d"]
    scale: Float32[np.ndarray, " d"]

    dtype = np.dtype(np.float16)

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape, [t, h, w, d]."""
        return self.stored.shape

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, frames: Any) -> Float16[np.ndarray, "..."]:
        """Give some frames as numbers: by number, slice or list of numbers.

        Of channels or cells alone there is none: `np.asarray` of all comes first.
        """
        found = self.stored[frames]
        if found.ndim < self.stored.ndim:
            return self._numbers(found)
        maps = np.empty(found.shape, np.float16)
        for first in range(0, len(found), CHUNK):
            maps[first : first + CHUNK] = self._numbers(found[first : first + CHUNK])
        return maps

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or np.float16, copy=False)

    def _numbers(self, part: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return (part * self.scale + self.low).astype(np.float16)

    __repr__ = one_line


Maps = Float16[np.ndarray, "t h w d"] | Float32[np.ndarray, "t h w d"] | PackedMaps


def stretch(
    maps: Maps, first: int, last: int
) -> Float16[np.ndarray, "m h w d"] | Float32[np.ndarray, "m h w d"] | PackedMaps:
    """Give the frames from one on and before another, still as they are kept."""
    if isinstance(maps, PackedMaps):
        return PackedMaps(maps.stored[first:last], maps.low, maps.scale)
    return maps[first:last]


def let_go(maps: np.ndarray | PackedMaps) -> None:
    """Unmap the pages that were read: they would count as memory of the process.

    The kernel keeps them in its cache, so the next pass still finds them. Only where
    nothing can be written: pages that were changed would be lost.
    """
    stored = maps.stored if isinstance(maps, PackedMaps) else maps
    mapped = getattr(stored, "_mmap", None)
    readable = getattr(stored, "mode", None) == "r"
    if mapped is not None and readable and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
