"""A folder of own videos: taken in together, looked at one after the other.

What a batch is and how far it is stands with its videos: their requests name the
folder, results say what is done. So a batch goes on after a stop or a restart.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dbs_core.datasets.loose_videos import open_videos_below
from dbs_core.records import ClassList
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import CannotWrite, InputError
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import Progress


def videos_of(folder: Path) -> tuple[Path, ...]:
    """List the video files of a folder and of three folders below.

    Raises:
        InputError: no such folder, or no video file in it.
    """
    found = given_path(folder)
    if not found.is_dir():
        raise InputError("no such folder", where=found)
    opened = open_videos_below(found, ClassList((), ()))
    return tuple(entry.path for entry in opened.videos)


def take(run: Run, folder: Path, files: Iterable[Path]) -> tuple[Request, ...]:
    """Take the files of a folder in; what is known already is not taken twice.

    Raises:
        InputError: the folder for own videos cannot be written.
    """
    known = {request.file(run): request for request in requests.requests(run)}
    batch = str(folder.resolve())
    for path in files:
        request = known.get(path.resolve()) or requests.name_file(run, path)
        requests.change(run, request, batch=batch)
    return batches(run)[batch]


def batches(run: Run) -> dict[str, tuple[Request, ...]]:
    """Give the videos of each folder that was taken in, by the names of their files."""
    found: dict[str, tuple[Request, ...]] = {}
    for request in sorted(requests.requests(run), key=lambda one: one.path):
        if request.batch:
            found[request.batch] = (*found.get(request.batch, ()), request)
    return found


def look_at_all(
    run: Run,
    batch: Sequence[Request],
    look: Callable[[Request], object],
    progress: Progress,
) -> dict[str, str]:
    """Look at every video of a batch that is not done; one that fails stops no other.

    Args:
        run: the folder for own videos.
        batch: the videos.
        look: looks at one of them.
        progress: told about each.

    Returns:
        for each video that could not be used, why; that is noted with it too.

    Raises:
        CannotWrite: the disk is full; finished videos are kept.
        Cancelled: asked to stop; finished videos are kept.
    """
    failures: dict[str, str] = {}
    for number, request in enumerate(batch):
        progress("detect", number, len(batch), request.video_id)
        listed = requests.folder_of(run, request).is_dir()
        if not listed or requests.done(run, request):
            continue
        problem = ""
        try:
            look(request)
        except CannotWrite:
            raise
        except InputError as error:
            line = error.without_content.removeprefix(f"{request.file(run)}: ")
            problem = line.removeprefix(f"{request.video_id}: ")
            failures[request.video_id] = problem
        requests.change(run, request, problem=problem)
    return failures
