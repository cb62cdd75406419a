"""Which file is which annotated video: found by name, one listing a folder.

Annotation calls a video `ID`, its file is `ID.mp4`, `v_ID.mkv` or `v_ID.mp4.webm`,
as downloaders name it. An id never makes a path: what it holds cannot lead anywhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.folders import some_of, videos_below
from dbs_core.datasets.names import without_ending
from dbs_core.runtime.errors import InputError

DEPTH = 2
"""Folders below the named one that are looked into: `train/`, `v1-3/val/`."""
_MARK = "v_"


@dataclass(frozen=True)
class VideoFiles:
    """The files of annotated videos, by id, and what else was met."""

    files: Mapping[str, Path]
    problems: tuple[str, ...]


def files_of(ids: Collection[str], folders: Sequence[Path]) -> VideoFiles:
    """Find the videos of ids in folders and their sub-folders.

    A file of the id's very name comes before one with or without "v_"; of several of
    one name the first counts, by the order of folders.

    Raises:
        InputError: no such folder, or one that cannot be read.
    """
    found = list(_listed(folders))
    names, again = _by_name(found)
    files = {one: names[key] for one in ids if (key := _key(one, names, ids))}
    used = set(files.values())
    others = [path.name for path in found if path not in used]
    problems = []
    if again := [path for path in again if names[_stem(path)] in used]:
        problems.append(
            f"{again[0]}: {len(again)} x second file of a video, the first is used"
        )
    spare = sorted(set(others) - {path.name for path in again})
    if spare:
        problems.append(
            f"{len(spare)} video files without annotation, not used: {some_of(spare)}"
        )
    return VideoFiles(files, tuple(problems))


def _listed(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        if not folder.is_dir():
            raise InputError("no such folder", where=folder)
        yield from videos_below(folder, DEPTH)


def _by_name(paths: Iterable[Path]) -> tuple[dict[str, Path], list[Path]]:
    """Give the first file of each name, and those that come after it."""
    first: dict[str, Path] = {}
    again = [path for path in paths if first.setdefault(_stem(path), path) != path]
    return first, again


def _stem(path: Path) -> str:
    """Give a file's name without ending, twice where it has two: "v.mp4.webm"."""
    return without_ending(path.stem)


def _key(video_id: str, names: Mapping[str, Path], ids: Collection[str]) -> str | None:
    """Give the name under which a video's file lies; another video's is none of it."""
    bare = without_ending(video_id)
    spelt = (video_id, bare, _MARK + bare, bare.removeprefix(_MARK))
    return next(
        (n for n in spelt if n in names and (n == video_id or n not in ids)), None
    )
