"""Feature maps by a network, streamed to disk and kept there.

A video of any length goes through in batches: frames are decoded at the network's
input size, and float16 maps are appended to a file that is then memory-mapped. The
file is named by the video's content and by everything that decides the features, so
a second run, another seed or another grid finds it again. A stream sees the frames
themselves or the motion from each on; both at the same times.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float64, UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.network_input import RESIZED, Seen, mirror, seen
from dbs_core.method.features.thumbnails import SUFFIX, mapped, thumbnail
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.threads import fixed_threads, side_by_side

Batch = tuple[Seen, ...]


@dataclass(frozen=True)
class NetworkMaps:
    """A network as a source of maps (`MapSource`)."""

    network: Backbone
    side_by_side: bool = False
    """Whether the cores that one batch leaves idle take the next ones."""

    @property
    def name(self) -> str:
        """The network's."""
        return self.network.name

    @property
    def dimensions(self) -> int:
        """The network's."""
        return self.network.dimensions

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        """Give a video's maps, extracting them where they are not kept yet.

        Raises:
            InputError: the file is missing or no frame of it can be decoded, the
                disk is full, or the flow method is not there.
            Cancelled: asked to stop, between two batches; nothing half-written stays.
        """
        key = _key(part, self.name)
        place = _Place(*(root / f"{key}{x}" for x in (".f16", SUFFIX, ".npz")))
        if not place.complete():
            with fixed_threads():
                _extract(part, place, self, progress)
        kept = store.read_record(place.sidecar, _Sidecar)
        t, h, w, _ = kept.shape
        maps = files.map_array(place.maps, np.float16, kept.shape)
        small = kept.thumbnails
        if small is None:
            small = mapped(place.thumbnails, t, (h, w))
        return SampledVideo(Features(maps, kept.times_s, kept.duration_s), small)


@dataclass(frozen=True, eq=False)
class _Sidecar:
    """What lies beside the maps; written last, so its presence means complete.

    Earlier versions kept the thumbnails in it.
    """

    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    shape: tuple[int, int, int, int]
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"] | None = None


@dataclass(frozen=True)
class _Place:
    """The files of one part of a video."""

    maps: Path
    thumbnails: Path
    sidecar: Path

    def complete(self) -> bool:
        """Say whether nothing is missing; one of them alone is of no use."""
        return self.maps.exists() and self.sidecar.exists()

    def clear(self) -> None:
        """Give the disk's room back."""
        for path in (self.maps, self.thumbnails):
            path.unlink(missing_ok=True)


def _key(part: VideoPart, name: str) -> str:
    """Name the files of a part by all that decides what is in them."""
    what: tuple[object, ...] = () if part.span_s is None else (part.span_s,)
    what += ("mirrored",) if part.mirrored else ()
    content, rate_hz = content_hash(part.path), part.settings.rate_hz
    return store.fingerprint(content, rate_hz, RESIZED, name, *what)


def _extract(
    part: VideoPart, place: _Place, source: NetworkMaps, progress: Progress
) -> None:
    """Take a video's frames once and write its maps, then what belongs to them."""
    settings, name = part.settings, part.path.name
    start_s, end_s = part.span_s or (0.0, probe(part.path).duration_s)
    expected = max(1, round((end_s - start_s) * settings.rate_hz))
    times: list[float] = []
    shape = (0, 0, 0)
    frames = _frames(part)
    with files.atomic(place.maps) as file, files.atomic(place.thumbnails) as small:
        for batch, kept in _through(frames, settings.batch, source):
            progress("features", min(len(times), expected), expected, name)
            shape = kept.shape[1:]
            file.write(kept.tobytes())
            times += [one.time_s for one in batch]
            for one in batch:
                small.write(thumbnail(one.frame, (shape[0], shape[1])).tobytes())
        if not times:
            raise InputError("no frame could be decoded", where=part.path)
    # The last frame is on screen for a moment even where the header ends early.
    end = max(end_s, times[-1] + 1e-3)
    record = _Sidecar(np.array(times), end, (len(times), *shape))
    try:
        store.write_record(place.sidecar, record)
    except InputError:
        place.clear()
        raise


def _through(
    frames: Iterator[Seen], size: int, source: NetworkMaps
) -> Iterator[tuple[Batch, Float16[np.ndarray, "b h w d"]]]:
    """Take frames through the network, batch by batch."""

    def mapped_batch(batch: Batch) -> tuple[Batch, np.ndarray]:
        features = source.network(np.stack([one.input for one in batch]))
        return batch, features.half().cpu().numpy()

    batches = iter(lambda: tuple(itertools.islice(frames, size)), ())
    return (side_by_side if source.side_by_side else map)(mapped_batch, batches)


def _frames(part: VideoPart) -> Iterator[Seen]:
    """Decode what the network sees of a part."""
    frames = seen(part.path, part.settings, part.span_s)
    return map(mirror, frames) if part.mirrored else frames
