"""A data set's features written small, as a folder of maps to train on.

Each video's maps are made, put on axes learnt from training videos, and written; the
full maps, 125 KB a frame, are not kept. `--backbone maps:FOLDER` reads the folder.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.kept_maps import (
    BYTES,
    Precision,
    as_bytes,
    leading_axes,
    on_axes,
)
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.video import probe
from dbs_core.records import Features, VideoEntry
from dbs_core.runtime import npz, store
from dbs_core.runtime.errors import CannotWrite, InputError
from dbs_core.runtime.files import atomic
from dbs_core.runtime.progress import Progress

ABOUT = "kept"
"""Folder in the folder of maps: how they were made, so that more are made alike."""
LEARNT_FROM = 60
"""Training videos that axes are learnt from, at most, and cells of each."""
CELLS = 400


@dataclass(frozen=True)
class Keeping:
    """How maps are kept, and of what."""

    source: MapSource
    settings: FeatureSettings
    channels: int
    """Axes; 0 keeps the network's channels."""
    precision: Precision
    cache: Path | None
    """Where the full maps stay; None: nowhere."""
    progress: Progress

    def full(self, entry: VideoEntry, root: Path) -> Features:
        """Give a video's full maps, mapped from a file in `root` or the cache."""
        cache = FeatureCache(self.cache or root)
        found = cache.get(entry.path, self.source, self.settings, self.progress)
        return found.features

    @property
    def kept_channels(self) -> int:
        """How many channels are written."""
        return min(self.channels or self.source.dimensions, self.source.dimensions)

    def bytes_of(self, cells: int) -> int:
        """Give a frame's size on disk, of so many cells."""
        return cells * self.kept_channels * BYTES[self.precision]


def write_all(
    folder: Path,
    entries: Sequence[VideoEntry],
    learn_from: Sequence[VideoEntry],
    keeping: Keeping,
) -> dict[str, str]:
    """Write the maps of each video that has none there; gives what failed, and why.

    Args:
        folder: of the maps.
        entries: whose maps.
        learn_from: training videos, for the axes, if none are there yet.
        keeping: how.

    Raises:
        InputError: maps kept otherwise are there, or there are no axes to be learnt.
        Cancelled: asked to stop; what is finished is kept.
    """
    axes = _axes(folder, learn_from, keeping)
    failures: dict[str, str] = {}
    for index, entry in enumerate(entries):
        keeping.progress("keep", index, len(entries), entry.video_id)
        path = folder / f"{entry.video_id}.npz"
        if path.exists():
            continue
        try:
            with tempfile.TemporaryDirectory(dir=folder / ABOUT) as room:
                _write(path, keeping.full(entry, Path(room)), axes, keeping.precision)
        except CannotWrite:
            raise
        except InputError as error:
            failures[entry.video_id] = str(error)
    return failures


def _write(
    path: Path,
    found: Features,
    axes: Float32[np.ndarray, "d r"] | None,
    precision: Precision,
) -> None:
    maps = on_axes(found.maps, axes)
    # Frames stand from their times on, unlike clips.
    arrays = {
        "times_s": found.times_s,
        "duration_s": np.float64(found.duration_s),
        "lead_s": np.float64(found.lead_s),
    }
    if precision == "uint8":
        few = as_bytes(maps)
        arrays |= {"maps": few.stored, "low": few.low, "scale": few.scale}
    else:
        arrays["maps"] = maps
    with atomic(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _axes(
    folder: Path, learn_from: Sequence[VideoEntry], keeping: Keeping
) -> Float32[np.ndarray, "d r"] | None:
    """Give the axes of the folder, learnt where it is new; None for all channels."""
    about = folder / ABOUT
    path = about / f"{_key(keeping)}.npz"
    others = [there for there in about.glob("*.npz") if there != path]
    if others:
        raise InputError(
            "holds maps that were kept otherwise",
            where=folder,
            wanted="the same network, rate, channels and precision",
            cure="name another folder",
        )
    if not path.exists():
        about.mkdir(parents=True, exist_ok=True)
        axes = np.zeros((0, 0), np.float32)
        if keeping.channels:
            cells = _cells(about, learn_from, keeping)
            axes = leading_axes(cells, keeping.kept_channels)
        with atomic(path) as file:
            np.savez(file, axes=axes)
    axes = npz.read_npz(path, ("axes",))["axes"]
    return axes if axes.size else None


def _key(keeping: Keeping) -> str:
    return store.fingerprint(
        keeping.source.name,
        keeping.settings.rate_hz,
        keeping.kept_channels if keeping.channels else 0,
        keeping.precision,
    )


def _cells(
    about: Path, learn_from: Sequence[VideoEntry], keeping: Keeping
) -> Float32[np.ndarray, "n d"]:
    """Draw cells of training videos, evenly chosen among them.

    Raises:
        InputError: there are none, or none can be used.
    """
    step = max(1, len(learn_from) // LEARNT_FROM)
    rng, cells = np.random.default_rng(0), []
    chosen = learn_from[::step][:LEARNT_FROM]
    for index, entry in enumerate(chosen):
        keeping.progress("axes", index, len(chosen), entry.video_id)
        with tempfile.TemporaryDirectory(dir=about) as room:
            maps = keeping.full(entry, Path(room)).maps
            frames = np.sort(rng.choice(len(maps), min(40, len(maps)), replace=False))
            flat = np.asarray(maps[frames], np.float32).reshape(-1, maps.shape[-1])
            few = rng.choice(len(flat), min(CELLS, len(flat)), replace=False)
            cells.append(flat[few])
    if not cells:
        raise InputError(
            "no training videos to learn the kept channels from",
            cure="name a data set first, then single videos with the same --to",
        )
    return np.concatenate(cells)


def expected_frames(
    entries: Sequence[VideoEntry], rate_hz: float
) -> tuple[int, dict[str, str]]:
    """Count the frames that videos will have; also which cannot be read, and why."""
    frames, failures = 0.0, {}
    for entry in entries:
        try:
            frames += max(1.0, probe(entry.path).duration_s * rate_hz)
        except InputError as error:
            failures[entry.video_id] = str(error)
    return round(frames), failures
