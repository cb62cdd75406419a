"""Feature maps by a network, streamed to disk and kept there.

A video of any length goes through in batches: frames are decoded at the network's
input size, and float16 maps are appended to a file that is then memory-mapped. The
file is named by the video's content and by everything that decides the features, so
a second run, another seed or another grid finds it again. A stream sees the frames
themselves or the motion from each on; both at the same times.
"""

import itertools
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.engines.choosing import engine_for
from dbs_core.method.features.engines.engine import Engine, NetworkOutput
from dbs_core.method.features.engines.pytorch import PyTorchEngine
from dbs_core.method.features.map_source import MapSource, VideoPart, network_of
from dbs_core.method.features.network_input import RESIZED, Seen, mirror, seen
from dbs_core.method.features.settings import Precision
from dbs_core.method.features.thumbnails import SUFFIX, mapped, thumbnail
from dbs_core.method.features.unusual import Deviations, as_bytes, blurred
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo
from dbs_core.runtime import files, store
from dbs_core.runtime.ahead import ahead
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.threads import fixed_threads, side_by_side

Batch = tuple[Seen, ...]
AHEAD = 2
"""Batches that are decoded before the network asks for them."""
FINE = ".fine8"
"""Of files of bytes [t, 2 h, 2 w]: where a finer map of the network is unusual."""


@dataclass(frozen=True)
class NetworkMaps:
    """A network as a source of maps (`MapSource`)."""

    network: Backbone
    on_cpu: bool = False
    """Whether all of a CPU's cores work, through OpenVINO where it is there; else
    PyTorch takes batch after batch, on whichever device the network is."""
    precision: Precision = "float32"

    @property
    def name(self) -> str:
        """The network's; of another precision the features are others."""
        other = "" if self.precision == "float32" else f"-{self.precision}"
        return self.network.name + other

    @property
    def dimensions(self) -> int:
        """The network's."""
        return self.network.dimensions

    @cached_property
    def _engines(self) -> list[Engine]:
        return []

    def engine(self, root: Path) -> Engine:
        """Give what takes frames through the network; made once.

        Args:
            root: folder where a converted network is kept.

        Raises:
            InputError: the precision cannot be had here, or the disk is full.
        """
        if not self._engines:
            made: Engine = (
                engine_for(self.network, self.precision, root)
                if self.on_cpu
                else PyTorchEngine(self.network)
            )
            self._engines.append(made)
        return self._engines[0]

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
                _extract(part, place, self.engine(root), progress)
        kept = store.read_record(place.sidecar, _Sidecar)
        t, h, w, _ = kept.shape
        maps = files.map_array(place.maps, np.float16, kept.shape)
        small = kept.thumbnails
        if small is None:
            small = mapped(place.thumbnails, t, (h, w))
        features = Features(maps, kept.times_s, kept.duration_s)
        return SampledVideo(features, small, place.read_fine((t, 2 * h, 2 * w)))


def engine_of(source: MapSource, root: Path) -> Engine:
    """Give what takes new frames through a source's network.

    Args:
        source: of maps.
        root: folder where a converted network is kept.

    Raises:
        InputError: it has no network, or as `NetworkMaps.engine`.
    """
    if isinstance(source, NetworkMaps):
        return source.engine(root)
    return PyTorchEngine(network_of(source))


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
    part: VideoPart, place: _Place, engine: Engine, progress: Progress
) -> None:
    """Take a video's frames once and write its maps, then what belongs to them."""
    settings, name = part.settings, part.path.name
    start_s, end_s = part.span_s or (0.0, probe(part.path).duration_s)
    expected = max(1, round((end_s - start_s) * settings.rate_hz))
    times: list[float] = []
    shape = (0, 0, 0)
    with ExitStack() as open_files:
        file, small = (
            open_files.enter_context(files.atomic(path))
            for path in (place.maps, place.thumbnails)
        )
        fine = (
            open_files.enter_context(files.atomic(place.fine)) if engine.fine else None
        )
        far = Deviations()
        # Closed whatever happens: an error would keep its frames, and their threads.
        outputs = open_files.enter_context(closing(_through(part, engine)))
        for batch, output in outputs:
            progress("features", min(len(times), expected), expected, name)
            shape = output.maps.shape[1:]
            file.write(output.maps.tobytes())
            times += [one.time_s for one in batch]
            for one in batch:
                small.write(thumbnail(one.frame, (shape[0], shape[1])).tobytes())
            if fine is not None and output.fine is not None:
                fine.write(as_bytes(blurred(far.add(output.fine))).tobytes())
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


def _through(
    part: VideoPart, engine: Engine
) -> Generator[tuple[Batch, NetworkOutput], None, None]:
    """Take frames through the network, batch by batch; decoding goes on beside it."""

    def mapped(batch: Batch) -> tuple[Batch, NetworkOutput]:
        return batch, engine(np.stack([one.input for one in batch]))

    with closing(ahead(_batches(part), AHEAD)) as decoded:
        yield from side_by_side(mapped, decoded, engine.workers)


def _batches(part: VideoPart) -> Iterator[Batch]:
    """Decode what the network sees of a part."""
    with closing(seen(part.path, part.settings, part.span_s)) as frames:
        shown = map(mirror, frames) if part.mirrored else frames
        while batch := tuple(itertools.islice(shown, part.settings.batch)):
            yield batch
