"""A single video file, or a folder of loose ones: nothing is known of them."""

from pathlib import Path

from dbs_core.datasets.dataset import Dataset, without_repeats
from dbs_core.datasets.folders import videos_in
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runtime.errors import InputError

NO_CLASSES = ClassList((), ())


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
