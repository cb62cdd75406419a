"""Feature maps made elsewhere, one file a video, instead of a network.

`<video_id>.npy` holds maps [t, h, w, d], sampled at the run's rate from 0 on;
`<video_id>.npz` holds `maps`, their `times_s` [t], and `duration_s` if it is known.
Files are opened without running code; `.npy` is read as it is used.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.method.features.cache import content_hash
from dbs_core.method.features.map_files import (
    MapsFile,
    ReadMaps,
    look_into,
    read_maps,
)
from dbs_core.method.features.map_source import VideoPart
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.thumbnails import SUFFIX, mapped, thumbnail
from dbs_core.method.video import probe
from dbs_core.records import Features, SampledVideo
from dbs_core.records.checks import LONGEST_S
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import Progress

LARGEST = 16
"""Cells along a side: as many as the smallest grid has."""
OVERHANG_S = 2.0
OVERHANG_SHARE = 0.1
"""Maps may end this much before or after the video; else their rate must be wrong."""
SHOWN = 5


def maps_folder(name: str) -> Path | None:
    """Give the folder that a backbone's name (`maps:FOLDER`) means; None of others."""
    kind, _, folder = name.partition(":")
    return Path(folder) if kind == "maps" and folder else None


class PrecomputedMaps:
    """A folder of feature maps as a source of them (`MapSource`), without a network.

    All files have one size of map and one number of channels: that of most of them.
    The others are named in `notes`, and their videos fail with one line each.
    """

    network = None

    def __init__(self, folder: Path) -> None:
        """Look at the head of every file.

        Raises:
            InputError: no such folder, no maps in it, or maps of too many cells.
        """
        if not folder.is_dir():
            raise InputError("no such folder of maps", where=folder)
        self._folder = folder
        self._files, notes = _looked_into(folder)
        self.size, self.dimensions = _usual(folder, self._files, notes)
        self.name = f"maps-{self.size[0]}x{self.size[1]}x{self.dimensions}"
        for file in self._files.values():
            notes += [odd] if (odd := self._odd(file)) else []
            notes += [file.note] if file.note else []
        self.notes = tuple(notes)

    def sampled(self, part: VideoPart, root: Path, progress: Progress) -> SampledVideo:
        """Take a video's maps from their file; only its thumbnails are kept.

        Raises:
            InputError: the video or its maps cannot be used, or the disk is full.
            Cancelled: asked to stop.
        """
        video_s = probe(part.path).duration_s
        whole = self.features(
            part.path.stem, rate_hz=part.settings.rate_hz, duration_s=video_s
        )
        _require_length(whole.times_s, video_s, self._file(part.path.stem).path)
        features = _within(whole, part.span_s)
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
        self, video_id: str, *, rate_hz: float, duration_s: float | None
    ) -> Features:
        """Give a video's features.

        Args:
            video_id: names the file.
            rate_hz: maps a second, where the file has no times.
            duration_s: of the video, where the file does not say; None: not known.

        Raises:
            InputError: the video has no file, or one that cannot be used.
        """
        file = self._file(video_id)
        read = read_maps(file)
        times_s = read.times_s
        if times_s is None:
            times_s = np.arange(len(read.maps)) / rate_hz
        _check_times(times_s, file.path)
        end_s = read.duration_s if read.duration_s is not None else duration_s
        end_s = _end(times_s, end_s, read, file.path)
        if end_s > LONGEST_S:
            raise InputError(
                "maps of no video",
                where=file.path,
                wanted=f"at most {LONGEST_S:g} s",
                got=f"{end_s:g} s",
                cure="give the maps' rate with --rate, or times_s in an .npz",
            )
        return Features(read.maps, times_s, end_s)

    def _file(self, video_id: str) -> MapsFile:
        file = self._files.get(video_id)
        if file is None:
            for suffix in (".npz", ".npy"):
                if (path := self._folder / f"{video_id}{suffix}").exists():
                    look_into(path)  # says what is wrong with it
            raise InputError(
                "no maps of this video",
                where=self._folder,
                wanted=f"{video_id}.npy or {video_id}.npz",
            )
        if odd := self._odd(file):
            raise InputError(odd)
        return file

    def _odd(self, file: MapsFile) -> str:
        """Say how a file's maps differ from the folder's."""
        wanted, got = (*self.size, self.dimensions), file.shape[1:]
        if got == wanted:
            return ""
        return f"{file.path}: maps of {_times(got)}, the folder's are {_times(wanted)}"


def _within(features: Features, span_s: tuple[float, float] | None) -> Features:
    """Cut the maps of a part out, [start, end); times stay those of the video."""
    if span_s is None:
        return features
    first, last = np.searchsorted(features.times_s, span_s)
    return Features(
        features.maps[first:last],
        features.times_s[first:last],
        min(features.duration_s, span_s[1]),
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


def _looked_into(folder: Path) -> tuple[dict[str, MapsFile], list[str]]:
    """Look into every file; of a video's .npy and .npz the latter, which has times."""
    files: dict[str, MapsFile] = {}
    notes: list[str] = []
    for path in sorted(folder.glob("*.np[yz]")):
        try:
            files[path.stem] = look_into(path)
        except InputError as error:
            files.pop(path.stem, None)
            notes.append(str(error))
    return files, notes


def _usual(
    folder: Path, files: dict[str, MapsFile], notes: list[str]
) -> tuple[tuple[int, int], int]:
    """Size and channels that most files have; of equally many, the first's."""
    shapes = Counter(file.shape[1:] for file in files.values())
    if not shapes:
        raise InputError(
            "no usable maps in it",
            where=folder,
            wanted="<video_id>.npy or <video_id>.npz of t x h x w x d numbers",
            got="; ".join(notes[:SHOWN]) or "no such file",
        )
    h, w, d = shapes.most_common(1)[0][0]
    if max(h, w) > LARGEST:
        raise InputError(
            "maps of too many cells",
            where=folder,
            wanted=f"at most {LARGEST} x {LARGEST}",
            got=f"{h} x {w}",
            cure="average neighbouring cells",
        )
    return (h, w), d


def _check_times(times_s: Float64[np.ndarray, " t"], path: Path) -> None:
    if (
        not np.isfinite(times_s).all()
        or times_s[0] < 0
        or np.any(np.diff(times_s) <= 0)
    ):
        raise InputError(
            "times_s",
            where=path,
            wanted="increasing seconds from 0 on",
            got=times_s[:5],
        )


def _require_length(
    times_s: Float64[np.ndarray, " t"], video_s: float, path: Path
) -> None:
    """Check that maps reach about as far as their video: at a wrong rate they do not.

    Raises:
        InputError: they end much before or after it, with both lengths.
    """
    spacing_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    maps_s = float(times_s[-1]) + spacing_s
    slack_s = max(OVERHANG_S, OVERHANG_SHARE * video_s)
    if abs(maps_s - video_s) > slack_s + spacing_s:
        raise InputError(
            f"maps end much {'before' if maps_s < video_s else 'after'} the video",
            where=path,
            wanted=f"{len(times_s)} maps over the video's {video_s:.1f} s",
            got=f"{maps_s:.1f} s",
            cure="give the maps' own rate with --rate, or times_s in an .npz",
        )


def _end(
    times_s: Float64[np.ndarray, " t"],
    duration_s: float | None,
    read: ReadMaps,
    path: Path,
) -> float:
    """Seconds at which the last map ends, at least a moment after it starts."""
    last = float(times_s[-1])
    if duration_s is None:
        return (
            last + float(np.median(np.diff(times_s))) if len(times_s) > 1 else last + 1
        )
    if last > duration_s + max(OVERHANG_S, OVERHANG_SHARE * duration_s):
        raise InputError(
            "maps go on after the video",
            where=path,
            wanted=f"times up to {duration_s:.1f} s",
            got=f"{last:.1f} s",
            cure="give the right times_s in an .npz"
            + ("" if read.times_s is not None else ", or the maps' rate with --rate"),
        )
    return max(duration_s, last + 1e-3)


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
