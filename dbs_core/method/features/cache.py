"""From a video file to feature maps, streamed to disk and kept there.

A video of any length goes through in batches: frames are decoded at the network's
input size, and float16 maps are appended to a file that is then memory-mapped. The
file is named by the video's content and by everything that decides the features, so
a second run, another seed or another grid finds it again. A stream sees the frames
themselves or the motion from each on; both at the same times.
"""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.backbones import PrecomputedMaps
from dbs_core.method.features.network_input import RESIZED, Seen, mirror, seen
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.thumbnails import thumbnail
from dbs_core.method.video import probe
from dbs_core.records import Features
from dbs_core.records.features import SampledVideo
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress


@dataclass(frozen=True, eq=False)
class _Sidecar:
    """What lies beside a maps file; written last, so its presence means complete."""

    times_s: Float64[np.ndarray, " t"]
    duration_s: float
    shape: tuple[int, int, int, int]
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"]


@dataclass(frozen=True)
class FeatureCache:
    """A folder of feature maps, one pair of files a video."""

    root: Path

    def get(
        self,
        path: Path,
        backbone: Backbone,
        settings: FeatureSettings,
        progress: Progress = SILENT,
        span_s: tuple[float, float] | None = None,
        mirrored: bool = False,
    ) -> SampledVideo:
        """Give a video's features, extracting them where they are not kept yet.

        Args:
            path: the video file.
            backbone: the network.
            settings: how often to sample, and which stream.
            progress: told about each batch.
            span_s: only this part, [start, end); times stay those of the whole video.
            mirrored: of the video's mirror image.

        Raises:
            InputError: the file is missing or no frame of it can be decoded, the
                disk is full, or the flow method is not there.
            Cancelled: asked to stop; nothing half-written stays.
        """
        if isinstance(backbone, PrecomputedMaps):
            return self._made_elsewhere(path, backbone, settings, progress, span_s)
        part: tuple[object, ...] = () if span_s is None else (span_s,)
        part += ("mirrored",) if mirrored else ()
        key = store.fingerprint(
            content_hash(path), settings.rate_hz, RESIZED, backbone.name, *part
        )
        maps, sidecar = self.root / f"{key}.f16", self.root / f"{key}.npz"
        if not (maps.exists() and sidecar.exists()):
            frames = seen(path, settings, span_s)
            if mirrored:
                frames = map(mirror, frames)
            extract(
                path, frames, maps, sidecar, backbone, settings, progress, span_s=span_s
            )
        kept = store.read_record(sidecar, _Sidecar)
        return SampledVideo(
            Features(_mapped(maps, kept.shape), kept.times_s, kept.duration_s),
            kept.thumbnails,
        )

    def _made_elsewhere(
        self,
        path: Path,
        backbone: PrecomputedMaps,
        settings: FeatureSettings,
        progress: Progress,
        span_s: tuple[float, float] | None,
    ) -> SampledVideo:
        """Take a video's maps from their folder; only its thumbnails are kept here."""
        features = backbone.features(
            path.stem, rate_hz=settings.rate_hz, duration_s=probe(path).duration_s
        )
        if span_s is not None:
            first, last = np.searchsorted(features.times_s, span_s)
            features = Features(
                features.maps[first:last],
                features.times_s[first:last],
                min(features.duration_s, span_s[1]),
            )
        window = features.maps.shape[1], features.maps.shape[2]
        times = features.times_s.tolist()
        key = store.fingerprint("thumbnails", content_hash(path), window, times)
        kept = self.root / f"{key}.npz"
        if not kept.exists():
            progress("features", 0, 1, path.name)
            pictures = thumbnails_at(path, features.times_s, window, settings.rate_hz)
            files.write_arrays(kept, {"thumbnails": pictures})
        return SampledVideo(features, files.read_arrays(kept)[0]["thumbnails"])


def thumbnails_at(
    path: Path,
    times_s: Float64[np.ndarray, " t"],
    window: tuple[int, int],
    rate_hz: float,
) -> UInt8[np.ndarray, "t small_height small_width 3"]:
    """Give the sampled frame nearest to each moment, small.

    Raises:
        InputError: no frame of the video can be decoded.
    """
    frames = seen(path, FeatureSettings(rate_hz=rate_hz))
    small = [(one.time_s, thumbnail(one.frame, window)) for one in frames]
    if not small:
        raise InputError("no frame could be decoded", where=path)
    sampled_s = np.array([time_s for time_s, _ in small])
    right = np.searchsorted(sampled_s, times_s).clip(0, len(small) - 1)
    left = (right - 1).clip(0)
    nearer_left = times_s - sampled_s[left] < sampled_s[right] - times_s
    return np.stack([small[i][1] for i in np.where(nearer_left, left, right)])


def extract(
    path: Path,
    frames: Iterator[Seen],
    maps: Path,
    sidecar: Path,
    backbone: Backbone,
    settings: FeatureSettings,
    progress: Progress,
    *,
    span_s: tuple[float, float] | None = None,
) -> None:
    """Take a video's frames once and write its maps, then what belongs to them."""
    start_s, end_s = span_s or (0.0, probe(path).duration_s)
    expected = max(1, round((end_s - start_s) * settings.rate_hz))
    times: list[float] = []
    small: list[np.ndarray] = []
    shape = (0, 0, 0)
    with files.atomic(maps) as file:
        while batch := tuple(itertools.islice(frames, settings.batch)):
            progress("features", min(len(times), expected), expected, path.name)
            features = backbone(np.stack([one.input for one in batch]))
            kept = features.half().cpu().numpy()
            shape = kept.shape[1:]
            file.write(kept.tobytes())
            times += [one.time_s for one in batch]
            small += [thumbnail(one.frame, (shape[0], shape[1])) for one in batch]
        if not times:
            raise InputError("no frame could be decoded", where=path)
    # The last frame is on screen for a moment even where the header ends early.
    end = max(end_s, times[-1] + 1e-3)
    record = _Sidecar(np.array(times), end, (len(times), *shape), np.stack(small))
    store.write_record(sidecar, record)


def content_hash(path: Path) -> str:
    """Hash a file's bytes: the same video under another name is the same video.

    Raises:
        InputError: it cannot be read.
    """
    try:
        status = path.stat()
        return _hash(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise InputError(
            f"cannot read ({error.strerror})", where=path, cure="check the path"
        ) from error


@lru_cache(maxsize=64)
def _hash(path: Path, size: int, changed_ns: int) -> str:
    """Hash a file once for as long as it stays the same: long videos take seconds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
