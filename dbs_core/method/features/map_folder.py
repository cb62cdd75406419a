"""A folder of features made elsewhere: one file a video, all of one size and width.

Of sequences it is not said which axis is time: d is the number that all files have on
one axis, as each has its own length on the other.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from dbs_core.method.features.map_files import MapsFile, look_into
from dbs_core.method.features.settings import Stream
from dbs_core.runtime.errors import InputError

LARGEST = 16
"""Cells along a side: as many as the smallest grid has."""
SHOWN = 5
_STREAMS: tuple[Stream, ...] = ("rgb", "flow")


class MapFolder:
    """The files of a folder by their videos, and the size that most of them have.

    The others are named in `notes`, and their videos fail with one line each.
    """

    def __init__(self, folder: Path, channels: int = 0, stream: Stream = "rgb") -> None:
        """Look at the head of every file.

        Args:
            folder: with a file a video, or two, `<video>_rgb` and `<video>_flow`.
            channels: of the maps; 0 to tell them from the files.
            stream: which of two files a video is wanted.

        Raises:
            InputError: no such folder, no maps in it, maps of too many cells, or
                sequences whose axes cannot be told apart.
        """
        if not folder.is_dir():
            raise InputError("no such folder of maps", where=folder)
        self._root = folder
        found, notes, self.two_streams = _looked_into(folder, stream)
        if not found:
            raise InputError(
                "no usable maps in it",
                where=folder,
                wanted="<video_id>.npy or <video_id>.npz of t x h x w x d numbers, "
                "or t x d of pooled ones",
                got="; ".join(notes[:SHOWN]) or "no such file",
            )
        self.channels = channels or _channels(folder, list(found.values()))
        self._files = _turned(found, self.channels)
        self.size = _size(folder, list(self._files.values()), self.channels)
        for file in self._files.values():
            notes += [note for note in (self._odd(file), file.note) if note]
        self.notes = tuple(notes)

    @property
    def videos(self) -> frozenset[str]:
        """The videos that there are files of, usable or not, as files name them."""
        return frozenset(self._files)

    @property
    def rows(self) -> tuple[int, ...]:
        """How many maps each usable file holds."""
        files = self._files.values()
        return tuple(file.shape[0] for file in files if not self._odd(file))

    def name_of(self, video_id: str) -> str | None:
        """Give a video's name here: ActivityNet's ids go with `v_` or without."""
        named = (video_id, f"v_{video_id}", video_id.removeprefix("v_"))
        return next((name for name in named if name in self._files), None)

    def file(self, video_id: str) -> MapsFile:
        """Give a video's file.

        Raises:
            InputError: it has none, or one that does not fit the others.
        """
        name = self.name_of(video_id)
        if name is None:
            for suffix in (".npz", ".npy"):
                if (path := self._root / f"{video_id}{suffix}").exists():
                    look_into(path)  # says what is wrong with it
            raise InputError(
                "no maps of this video",
                where=self._root,
                wanted=f"{video_id}.npy or {video_id}.npz",
            )
        file = self._files[name]
        if odd := self._odd(file):
            raise InputError(odd)
        return file

    def _odd(self, file: MapsFile) -> str:
        """Say how a file's maps differ from the folder's."""
        wanted, got = (*self.size, self.channels), file.shape[1:]
        if got == wanted:
            return ""
        if len(file.stored) == 2 and self.size == (1, 1):
            shape = _times(file.stored)
            return (
                f"{file.path}: a sequence of {shape}, the folder's have "
                f"{self.channels} channels"
            )
        return f"{file.path}: maps of {_times(got)}, the folder's are {_times(wanted)}"


def _looked_into(
    folder: Path, stream: Stream
) -> tuple[dict[str, MapsFile], list[str], bool]:
    """Look into every file; of a video's .npy and .npz the latter, which has times.

    Also says whether there are two files a video.
    """
    paths = sorted(folder.glob("*.np[yz]"))
    ends = [path.stem.rpartition("_")[2].lower() for path in paths]
    two = all(one in ends for one in _STREAMS)
    files: dict[str, MapsFile] = {}
    notes: list[str] = []
    for path, end in zip(paths, ends, strict=True):
        video = path.stem
        if two and end in _STREAMS:
            if end != stream:
                continue
            video = video[: -len(end) - 1]
        try:
            files[video] = look_into(path)
        except InputError as error:
            files.pop(video, None)
            notes.append(str(error))
    return files, notes, two


def _channels(folder: Path, files: list[MapsFile]) -> int:
    """Tell d from the files: of maps their last axis, else what most have on an axis.

    Raises:
        InputError: sequences that agree on both axes alike.
    """
    maps = Counter(file.stored[-1] for file in files if len(file.stored) == 4)
    if maps:
        return maps.most_common(1)[0][0]
    times = Counter(d for file in files for d in set(file.stored))
    first, *others = times.most_common(2)
    if first[1] == 1 and len(files) > 1:
        raise InputError(
            "no axis that all sequences share",
            where=folder,
            wanted="features of one number of channels",
            got=" and ".join(_times(file.stored) for file in files[:2]),
        )
    if others and others[0][1] == first[1]:
        either = sorted((first[0], others[0][0]))
        raise InputError(
            "time and channels of these sequences cannot be told apart",
            where=folder,
            got=f"{len(files)} of {_times(files[0].stored)}",
            cure=f"say the channels: --channels {either[0]} or --channels {either[1]}",
        )
    return first[0]


def _turned(files: dict[str, MapsFile], channels: int) -> dict[str, MapsFile]:
    """Say of each sequence which axis is time; a square one lies as most others do."""
    flat = [file.stored for file in files.values() if len(file.stored) == 2]
    last = sum(d == channels != t for t, d in flat)
    first = sum(t == channels != d for t, d in flat)

    def turned(stored: tuple[int, ...]) -> bool:
        if len(stored) != 2 or stored[0] != channels:
            return False
        return stored[1] != channels or first > last

    return {
        name: replace(file, turned=turned(file.stored)) for name, file in files.items()
    }


def _size(folder: Path, files: list[MapsFile], channels: int) -> tuple[int, int]:
    """Size of map that most files of these channels have; of equally many the first's.

    Raises:
        InputError: no file has so many channels, or maps are of too many cells.
    """
    shapes = [file.shape for file in files]
    sizes = Counter(shape[1:3] for shape in shapes if shape[3] == channels)
    if not sizes:
        shape = files[0].stored
        raise InputError(
            "no axis of so many channels",
            where=folder,
            wanted=f"{channels}",
            got=f"{_times(shape)} in the first of {len(files)} files",
        )
    h, w = sizes.most_common(1)[0][0]
    if max(h, w) > LARGEST:
        raise InputError(
            "maps of too many cells",
            where=folder,
            wanted=f"at most {LARGEST} x {LARGEST}",
            got=f"{h} x {w}",
            cure="average neighbouring cells",
        )
    return h, w


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
