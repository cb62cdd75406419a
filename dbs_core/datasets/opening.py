"""Which layout a path has: the one door to every data set."""

from pathlib import Path

from dbs_core.datasets.activitynet import holds_truth, is_json, open_activitynet
from dbs_core.datasets.annotation_table import annotates, is_table, open_table
from dbs_core.datasets.class_list import find_class_list
from dbs_core.datasets.dataset import BESIDE, Dataset, Elsewhere
from dbs_core.datasets.folders import files_in, videos_below, videos_in
from dbs_core.datasets.loose_videos import NO_CLASSES, open_video
from dbs_core.datasets.thumos import open_thumos, split_folders
from dbs_core.datasets.ucf101 import class_of, open_ucf101
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import SILENT, Progress

_DEPTH = 3
_MOST = 5
"""JSON and CSV files of a folder that are looked into: more are not annotation."""


def open_dataset(
    path: str | Path,
    classes: ClassList = NO_CLASSES,
    progress: Progress = SILENT,
    elsewhere: Elsewhere = BESIDE,
    *,
    alone: bool = False,
) -> Dataset:
    """Open a data set of any layout: THUMOS'14, UCF101, one file, loose videos.

    Args:
        path: a folder, a JSON of annotation in ActivityNet's layout, a CSV with
            `video,start,end,label`, or a video file.
        classes: the classes of a video or folder that names none of its own.
        progress: told how far the reading of many clips has come.
        elsewhere: folders of videos and a file of splits, for annotation in one file.
        alone: annotation alone will do, without any video: features stand for them.

    Raises:
        InputError: nothing there, no video in it, or a layout without class list.
    """
    path = given_path(path)
    if not path.exists():
        raise InputError("no such file or folder", where=path)
    if (annotation := _annotation_file(path)) is not None:
        read = open_activitynet if is_json(annotation) else open_table
        return read(annotation, elsewhere, alone=alone)
    if elsewhere:
        raise InputError(
            "videos or splits named apart are for annotation in one file",
            where=path,
            wanted="an ActivityNet JSON or a CSV",
            cure="THUMOS'14's folders may lie apart in: python -m dbs_core library",
        )
    if not path.is_dir() or (videos_in(path) and not _of_classes(path)):
        return open_video(path, classes)
    if _untrimmed(path):
        return open_thumos(path, alone=alone)
    if not videos_below(path, _DEPTH):
        raise InputError(
            "no video file in it",
            where=path,
            wanted="a video file, or a folder in the THUMOS'14, UCF101 or ActivityNet "
            "layout",
        )
    return open_ucf101(path, progress)


def _annotation_file(path: Path) -> Path | None:
    """Give the one file that annotates all videos: the path, or one in the folder."""
    if not path.is_dir():
        known = is_json(path) or is_table(path) or _is_elan(path)
        return path if known else None
    if find_class_list(path) is not None:
        return None
    named = [file for file in files_in(path) if is_json(file) or is_table(file)]
    found = [file for file in named if len(named) <= _MOST and _is_annotation(file)]
    if len(found) > 1:
        raise InputError(
            "several files of annotation",
            where=path,
            got=", ".join(file.name for file in found),
            cure="name the one that is meant",
        )
    return found[0] if found else None


def _is_elan(path: Path) -> bool:
    """Say whether a text file is a table after all: ELAN calls its tables so."""
    return path.suffix.lower() == ".txt" and path.is_file() and annotates(path)


def _is_annotation(file: Path) -> bool:
    return holds_truth(file) if is_json(file) else annotates(file)


def _of_classes(folder: Path) -> bool:
    """Say whether the loose videos of a folder all have a class in their name."""
    return all(class_of(path, folder) for path in videos_in(folder))


def _untrimmed(root: Path) -> bool:
    """Say whether a folder has a class list, or videos directly in a split's folder."""
    if find_class_list(root) is not None:
        return True
    places = [place for found in split_folders(root).values() for place in found]
    return any(videos_in(place) and not _of_classes(place) for place in places)
