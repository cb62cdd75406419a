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
from jaxtyping import Float64, UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.network_input import RESIZED, Seen, mirror, seen
from dbs_core.method.features.thumbnails import thumbnail
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress


@dataclass(frozen=True)
class NetworkMaps:
    """A network as a source of maps (`MapSource`)."""

    network: Backbone

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
        maps, sidecar = root / f"{key}.f16", root / f"{key}.npz"
        if not (maps.exists() and sidecar.exists()):
            _extract(part, maps, sidecar, self.network, progress)
        kept = store.read_record(sidecar, _Sidecar)
        return SampledVideo(
            Features(_mapped(maps, kept.shape), kept.times_s, kept.duration_s),
            kept.thumbnails,
        )


@dataclass(frozen=True, eq=False)
class _Sidecar:
    """What lies beside a maps file; written last, so its presence means complete."""

    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    shape: tuple[int, int, int, int]
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"]


def _key(part: VideoPart, name: str) -> str:
    """Name the files of a part by all that decides what is in them."""
    what: tuple[object, ...] = () if part.span_s is None else (part.span_s,)
    what += ("mirrored",) if part.mirrored else ()
    content, rate_hz = content_hash(part.path), part.settings.rate_hz
    return store.fingerprint(content, rate_hz, RESIZED, name, *what)


def _extract(
    part: VideoPart, maps: Path, sidecar: Path, network: Backbone, progress: Progress
) -> None:
    """Take a video's frames once and write its maps, then what belongs to them."""
    settings, name = part.settings, part.path.name
    start_s, end_s = part.span_s or (0.0, probe(part.path).duration_s)
    expected = max(1, round((end_s - start_s) * settings.rate_hz))
    times: list[float] = []
    small: list[np.ndarray] = []
    shape = (0, 0, 0)
    frames = _frames(part)
    with files.atomic(maps) as file:
        while batch := tuple(itertools.islice(frames, settings.batch)):
            progress("features", min(len(times), expected), expected, name)
            features = network(np.stack([one.input for one in batch]))
            kept = features.half().cpu().numpy()
            shape = kept.shape[1:]
            file.write(kept.tobytes())
            times += [one.time_s for one in batch]
            small += [thumbnail(one.frame, (shape[0], shape[1])) for one in batch]
        if not times:
            raise InputError("no frame could be decoded", where=part.path)
    # The last frame is on screen for a moment even where the header ends early.
    end = max(end_s, times[-1] + 1e-3)
    record = _Sidecar(np.array(times), end, (len(times), *shape), np.stack(small))
    store.write_record(sidecar, record)


def _frames(part: VideoPart) -> Iterator[Seen]:
    """Decode what the network sees of a part."""
    frames = seen(part.path, part.settings, part.span_s)
    return map(mirror, frames) if part.mirrored else frames


def _mapped(path: Path, shape: tuple[int, int, int, int]) -> np.ndarray:
    """Map a maps file into memory; it is read as it is used."""
    try:
        return np.memmap(path, np.float16, "r").reshape(shape)
    except (OSError, ValueError) as error:
        raise InputError(
            f"damaged ({error})",
            where=path,
            cure="delete it and run the command again",
        ) from error
