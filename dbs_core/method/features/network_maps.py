"""Feature maps by a network, streamed to disk and kept there.

A video of any length goes through in batches: frames are decoded at the network's
input size, and float16 maps are appended to a file that is then memory-mapped. The
file is named by the video's content and by everything that decides the features, so
a second run, another seed or another grid finds it again. A stream sees the frames
themselves or the motion from each on; both at the same times.
"""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float64, UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.fine_layer import FineLayer, fine_layer
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.network_input import RESIZED, Seen, mirror, seen
from dbs_core.method.features.thumbnails import SUFFIX, mapped, thumbnail
from dbs_core.method.features.unusual import Deviations, as_bytes, blurred
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.threads import fixed_threads, side_by_side

Batch = tuple[Seen, ...]
FINE = ".fine8"
"""Of files of bytes [t, 2 h, 2 w]: where a finer map of the network is unusual."""


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

    @cached_property
    def fine(self) -> FineLayer | None:
        """The network's finer map, if it has one."""
        return fine_layer(self.network)

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        """Give a video's maps, extracting them where they are not kept yet.

        Raises:
            InputError: the file is missing or no frame of it can be decoded, the
                disk is full, or the flow method is not there.
            Cancelled: asked to stop, between two batches; nothing half-written stays.
        """
        key = _key(part, self.name)
        place = _Place(*(root / f"{key}{x}" for x in (".f16", SUFFIX, FINE, ".npz")))
        if not place.complete():
            with fixed_threads():
                _extract(part, place, self, progress)
        kept = store.read_record(place.sidecar, _Sidecar)
        t, h, w, _ = kept.shape
        maps = files.map_array(place.maps, np.float16, kept.shape)
        small = kept.thumbnails
        if small is None:
            small = mapped(place.thumbnails, t, (h, w))
        features = Features(maps, kept.times_s, kept.duration_s)
        return SampledVideo(features, small, place.read_fine((t, 2 * h, 2 * w)))


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
    fine: Path
    """Not there of a network without such a map, nor where an earlier version kept
    the rest."""
    sidecar: Path

    def complete(self) -> bool:
        """Say whether nothing is missing; one of them alone is of no use."""
        return self.maps.exists() and self.sidecar.exists()

    def read_fine(
        self, shape: tuple[int, int, int]
    ) -> UInt8[np.ndarray, "t tall wide"] | None:
        """Map the file of the finer map, if there is one."""
        if not self.fine.exists():
            return None
        return files.map_array(self.fine, np.uint8, shape)

    def clear(self) -> None:
        """Give the disk's room back."""
        for path in (self.maps, self.thumbnails, self.fine):
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
    with ExitStack() as open_files:
        file, small = (
            open_files.enter_context(files.atomic(path))
            for path in (place.maps, place.thumbnails)
        )
        fine = (
            open_files.enter_context(files.atomic(place.fine)) if source.fine else None
        )
        far = Deviations()
        for batch, kept, finer in _through(frames, settings.batch, source):
            progress("features", min(len(times), expected), expected, name)
            shape = kept.shape[1:]
            file.write(kept.tobytes())
            times += [one.time_s for one in batch]
            for one in batch:
                small.write(thumbnail(one.frame, (shape[0], shape[1])).tobytes())
            if fine is not None and finer is not None:
                fine.write(as_bytes(blurred(far.add(finer))).tobytes())
        if fine is not None:
            fine.write(as_bytes(blurred(far.rest())).tobytes())
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


Mapped = tuple[
    Batch, Float16[np.ndarray, "b h w d"], Float16[np.ndarray, "b tall wide d2"] | None
]
"""Frames, their features, and the network's finer map of them, if it has one."""


def _through(
    frames: Iterator[Seen], size: int, source: NetworkMaps
) -> Iterator[Mapped]:
    """Take frames through the network, batch by batch."""
    layer = source.fine

    def mapped_batch(batch: Batch) -> Mapped:
        listening: AbstractContextManager[list[np.ndarray]]
        listening = layer.listening() if layer else nullcontext([])
        with listening as heard:
            features = source.network(np.stack([one.input for one in batch]))
        finer = np.concatenate(heard) if heard else None
        return batch, features.half().cpu().numpy(), finer

    batches = iter(lambda: tuple(itertools.islice(frames, size)), ())
    return (side_by_side if source.side_by_side else map)(mapped_batch, batches)


def _frames(part: VideoPart) -> Iterator[Seen]:
    """Decode what the network sees of a part."""
    frames = seen(part.path, part.settings, part.span_s)
    return map(mirror, frames) if part.mirrored else frames
