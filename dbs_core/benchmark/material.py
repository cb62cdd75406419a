"""The frames that are measured: features of videos, brought to the wanted size."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16

from dbs_core.benchmark.sizes import Sizes
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress


@dataclass(frozen=True, eq=False)
class Material:
    """Maps of real frames, and one line on where they are from."""

    maps: Float16[np.ndarray, "t h w d"]
    note: str


def gather(
    videos: Sequence[Path],
    backbone: MapSource,
    cache: FeatureCache,
    sizes: Sizes,
    progress: Progress,
) -> Material:
    """Take videos' features one after the other until there are frames enough.

    Where there are not, the frames come again from the first; channels beyond
    `sizes.dimensions` are cut off.

    Raises:
        InputError: no video, or one that cannot be read.
    """
    if not videos:
        raise InputError("no video to measure with", wanted="a video file")
    found, used = 0, []
    for path in videos:
        video = cache.get(path, backbone, FeatureSettings(), progress)
        used.append(np.asarray(video.features.maps)[..., : sizes.dimensions])
        found += len(used[-1])
        if found >= sizes.frames:
            break
    maps = repeated(np.concatenate(used), sizes.frames)
    cut = f", {maps.shape[-1]} of {backbone.dimensions} channels"
    again = f", repeated from {found}" if found < sizes.frames else ""
    names = f"{len(used)} video{'s' if len(used) > 1 else ''} ({used_names(videos)})"
    return Material(maps, f"{len(maps)} frames of {names}{again}{cut}")


def used_names(videos: Sequence[Path]) -> str:
    """Name the first few."""
    shown = ", ".join(path.stem for path in itertools.islice(videos, 2))
    return shown + (", ..." if len(videos) > 2 else "")


def repeated(
    maps: Float16[np.ndarray, "t h w d"], frames: int
) -> Float16[np.ndarray, "t2 h w d"]:
    """Give so many frames, from the first again where they end."""
    return np.ascontiguousarray(maps[np.arange(frames) % len(maps)])


def as_features(maps: np.ndarray) -> Features:
    """Put frames five a second."""
    times_s = np.arange(len(maps)) / 5.0
    return Features(maps, times_s, len(maps) / 5.0)
