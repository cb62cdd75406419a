"""What lies in a folder: video files, and which split a folder's name means."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dbs_core.runtime.errors import InputError, reason

VIDEO_SUFFIXES = frozenset(
    f".{kind}"
    for kind in (
        *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg"),
        *("mts", "ogv", "ts", "webm", "wmv"),
    )
)
_SPLIT_WORDS = {
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "train": "train",
    "training": "train",
}


def is_video(path: Path) -> bool:
    """Say whether a file's name is that of a video; hidden files are none."""
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith(".")


def videos_in(folder: Path) -> list[Path]:
    """List the videos directly in a folder, sorted by name.

    What has the name of a video and is a pipe or a loop of links goes along: whoever
    opens it says so, while the others are looked at.
    """
    return [
        folder / entry.name
        for entry in _scan(folder)
        if is_video(folder / entry.name) and _is_named(entry)
    ]


def videos_below(folder: Path, depth: int) -> list[Path]:
    """List the video files in a folder and its sub-folders down to a depth."""
    return [p for inner in folders_below(folder, depth) for p in videos_in(inner)]


def folders_below(root: Path, depth: int) -> Iterator[Path]:
    """Give a folder and its sub-folders down to a depth, the nearest first."""
    level = [root]
    for remaining in range(depth, -1, -1):
        yield from level
        if remaining:
            level = [inner for folder in level for inner in folders_in(folder)]


def folders_in(folder: Path) -> list[Path]:
    """List the folders directly in a folder, sorted by name, without hidden ones."""
    return [
        folder / entry.name
        for entry in _scan(folder)
        if entry.name[0] != "." and _known(entry.is_dir)
    ]


def files_in(folder: Path) -> list[Path]:
    """List the files directly in a folder, sorted by name."""
    return [folder / e.name for e in _scan(folder) if _known(e.is_file)]


def _known(ask: Callable[[], bool]) -> bool:
    """Ask what an entry is; a link that leads in circles is neither file nor folder."""
    try:
        return ask()
    except OSError:
        return False


def _is_named(entry: "os.DirEntry[str]") -> bool:
    """Say whether an entry is anything but a folder or a link to nothing.

    The listing itself tells folders; only a link has to be followed, so that ten
    thousand videos on a distant disk are listed at once.
    """
    try:
        if not entry.is_symlink():
            return not entry.is_dir(follow_symlinks=False)
        return not stat.S_ISDIR(entry.stat().st_mode)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _scan(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(
            f"cannot read the folder ({reason(error)})", where=folder
        ) from error


def split_named(folder: Path) -> str | None:
    """Give the split that a folder's name speaks of: "TH14_test_set_mp4" is test."""
    words = re.split(r"[^a-z]+", folder.name.lower())
    return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), None)


def some_of(names: Iterable[str], most: int = 5) -> str:
    """Write out the first few of many names, and how many there are beyond."""
    listed = sorted(names)
    beyond = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + beyond
