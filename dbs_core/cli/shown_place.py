"""What a path is that somebody wants to look at: a run, data, videos or a result file.

Told by what lies there, as the commands that read it tell it; nothing is decoded.
"""

from pathlib import Path
from typing import Literal

from dbs_core.datasets.folders import is_video
from dbs_core.datasets.formats.detections import load_detections
from dbs_core.datasets.opening import open_dataset
from dbs_core.runs.places import find_runs
from dbs_core.runtime.errors import InputError

Place = Literal["run", "data", "video", "result"]
WANTED = (
    "a run, a data set, a video or a folder of them, or a result file (docs/formats.md)"
)


def place_of(path: Path) -> Place:
    """Say what a path is; a folder of runs is a run.

    Raises:
        InputError: nothing is there, or nothing that the app opens.
    """
    if not path.exists():
        raise InputError("no such file or folder", where=path)
    if find_runs([path]):
        return "run"
    if path.is_file() and is_video(path):
        return "video"
    if path.is_file() and _holds_detections(path):
        return "result"
    try:
        dataset = open_dataset(path, alone=True)
    except InputError as error:
        raise InputError(
            "nothing that the app opens",
            where=path,
            because=error.what,
            wanted=WANTED,
            cure="make a run of a data set with: python -m dbs_core train DATASET "
            "--run RUN",
        ) from error
    if dataset.kind != "video":
        return "data"
    if path.is_dir():
        return "video"
    raise InputError("nothing that the app opens", where=path, wanted=WANTED)


def _holds_detections(path: Path) -> bool:
    try:
        load_detections(path)
    except InputError:
        return False
    return True
