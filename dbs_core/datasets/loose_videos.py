"""A single video file, or a folder of loose ones: nothing is known of them."""

from collections import Counter
from pathlib import Path

from dbs_core.datasets.dataset import Dataset, without_repeats
from dbs_core.datasets.folders import videos_below, videos_in
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runtime.errors import InputError

NO_CLASSES = ClassList((), ())
DEPTH = 3


def open_video(path: Path, classes: ClassList = NO_CLASSES) -> Dataset:
    """Take one video file, or the video files of a folder, as a data set.

    The file is not opened here: `check` says whether it can be used.

    Raises:
        InputError: no such file or folder, or no video file in the folder.
    """
    if not path.exists():
        raise InputError("no such file or folder", where=path)
    files = videos_in(path) if path.is_dir() else [path]
    if not files:
        raise InputError("no video file in it", where=path)
    kept, twice = without_repeats(
        VideoEntry(file.stem, file, "video", None) for file in files
    )
    return Dataset(path.resolve().stem, "video", path, classes, kept, twice)


def open_videos_below(folder: Path, classes: ClassList) -> Dataset:
    """Take all video files below a folder, whatever its folders are called.

    Their ids are their names; namesakes bear the names of their folders too.

    Raises:
        InputError: no video file down to three folders below.
    """
    files = videos_below(folder, DEPTH)
    if not files:
        raise InputError("no video file in it", where=folder)
    times = Counter(file.stem for file in files)
    entries = [
        VideoEntry(
            file.stem if times[file.stem] == 1 else _with_folders(file, folder),
            file,
            "video",
            None,
        )
        for file in files
    ]
    kept, twice = without_repeats(entries)
    return Dataset(folder.resolve().stem, "video", folder, classes, kept, twice)


def _with_folders(file: Path, root: Path) -> str:
    return "-".join(file.relative_to(root).with_suffix("").parts)
