"""Features made elsewhere, one file a video, instead of a network.

`<video_id>.npy` holds maps [t, h, w, d], or a sequence of pooled features, [t, d] or
[d, t], at the run's rate from its offset on; `<video_id>.npz` holds `maps` (or
`feats`, `features`), maybe their `times_s` [t], `duration_s` if it is known, and
`lead_s` if they begin to stand otherwise than half a step before their times. Files are
opened without running code; `.npy` is read as it is used. The video itself need not be
there: then there is no picture of it.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.map_files import read_maps
from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.map_times import end_of, lead_of, moments, require_length
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.settings import FeatureSettings, Stream
from dbs_core.method.features.thumbnails import SUFFIX, mapped, thumbnail
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo, stretch
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress


class PrecomputedMaps:
    """A folder of feature maps as a source of them (`MapSource`), without a network.

    All files have one size of map and one number of channels: that of most of them.
    The others are named in `notes`, and their videos fail with one line each.
    """

    network = None

    def __init__(self, folder: Path, channels: int = 0, stream: Stream = "rgb") -> None:
        """Look at the head of every file.

        Raises:
            InputError: as `MapFolder`.
        """
        self.folder = MapFolder(folder, channels, stream)
        self.size, self.dimensions = self.folder.size, self.folder.channels
        self.name = f"maps-{self.size[0]}x{self.size[1]}x{self.dimensions}"
        self.notes = self.folder.notes

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        """Take a video's maps from their file; only its thumbnails are kept.

        Raises:
            InputError: the video or its maps cannot be used, or the disk is full.
            Cancelled: asked to stop.
        """
        video_id, there = part.path.stem, part.path.exists()
        video_s = probe(part.path).duration_s if there else part.duration_s
        whole = self.features(video_id, part.settings, video_s)
        if video_s is not None:
            require_length(whole.times_s, video_s, self.folder.file(video_id))
        features = _within(whole, part.span_s)
        if not there:
            return SampledVideo(features, None)
        times = features.times_s.tolist()
        key = store.fingerprint("thumbnails", content_hash(part.path), self.size, times)
        kept = root / f"{key}{SUFFIX}"
        if not kept.exists():
            progress("features", 0, 1, part.path.name)
            with files.atomic(kept) as file:
                for picture in thumbnails_at(
                    part.path, features.times_s, self.size, part.settings.rate_hz
                ):
                    file.write(picture.tobytes())
        return SampledVideo(features, mapped(kept, len(features), self.size))

    def features(
        self, video_id: str, settings: FeatureSettings, duration_s: float | None
    ) -> Features:
        """Give a video's features.

        Args:
            video_id: names the file.
            settings: rate and offset, where the file has no times.
            duration_s: of the video, where the file does not say; None: not known.

        Raises:
            InputError: the video has no file, or one that cannot be used.
        """
        file = self.folder.file(video_id)
        read = read_maps(file)
        times_s = moments(read, file, settings)
        end_s = end_of(times_s, duration_s, read, file, settings)
        if read.duration_s is not None:
            require_length(times_s, read.duration_s, file)
        lead_s = lead_of(times_s, read, settings)
        return Features(read.maps, times_s, end_s, lead_s)


def _within(features: Features, span_s: tuple[float, float] | None) -> Features:
    """Cut the maps of a part out, [start, end); times stay those of the video."""
    if span_s is None:
        return features
    first, last = np.searchsorted(features.times_s, span_s)
    return Features(
        stretch(features.maps, int(first), int(last)),
        features.times_s[first:last],
        min(features.duration_s, span_s[1]),
        features.lead_s,
    )


def thumbnails_at(
    path: Path,
    times_s: Float64[np.ndarray, " t"],
    window: tuple[int, int],
    rate_hz: float,
) -> Iterator[UInt8[np.ndarray, "small_height small_width 3"]]:
    """Give the sampled frame nearest to each moment, small, one after the other.

    Raises:
        InputError: no frame of the video can be decoded.
    """
    frames = seen(path, FeatureSettings(rate_hz=rate_hz))
    before = here = next(frames, None)
    if before is None or here is None:
        raise InputError("no frame could be decoded", where=path)
    for time_s in times_s.tolist():
        while here.time_s < time_s and (after := next(frames, None)) is not None:
            before, here = here, after
        nearer = time_s - before.time_s < here.time_s - time_s
        yield thumbnail((before if nearer else here).frame, window)
