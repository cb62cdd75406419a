"""One video, in a script or a notebook: the command line's path without its files."""

from pathlib import Path

from dbs_core.datasets import open_video
from dbs_core.method import pipeline
from dbs_core.records import VideoEntry, VideoResult
from dbs_core.runs.beside import beside, stays
from dbs_core.runs.detecting import Detector, write_detections
from dbs_core.runs.own_videos.requests import establish
from dbs_core.runs.run import Run, open_run, require_own_model
from dbs_core.runtime.devices import require_device
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import SILENT, Progress


def detect(
    video: str | Path | VideoEntry,
    run: Run | str | Path,
    *,
    keep: bool = False,
    cache: str | Path | None = None,
    backbone: str | None = None,
    device: str = "cpu",
    progress: Progress = SILENT,
) -> VideoResult:
    """Find the actions in a video: the result that `python -m dbs_core detect` makes.

    What is written, and where: features, 125 KB a sampled frame, so that the second
    call takes a second: into `cache/features` of the run. The shipped sample stays as
    it is, and a run that cannot be written is left alone: theirs go into `own/` of
    `DBS_HOME` (`runs/` in a checkout, the user's data folder in an installed copy).
    The result is written only with `keep`: there, where the explorer finds it.

    Args:
        video: a video file, or one video of a data set (then truth comes along).
        run: a run, its folder, or "sample".
        keep: write the result, and the detections of its split, as well.
        cache: another folder for features, to share it between runs.
        backbone: where the run's own backbone lies now, if it moved.
        device: cpu or cuda.
        progress: told about every stage.

    Raises:
        InputError: the video or the run cannot be used; one line says why.
        Cancelled: `progress` asked to stop.
    """
    detector = Detector.open(
        open_run(run),
        cache=given_path(cache) if cache else None,
        backbone=backbone,
        device=require_device(device),
        progress=progress,
    )
    require_own_model(detector.run)
    if stays(detector.run):
        detector = beside(detector)
    result = pipeline.detect(
        _entry(video),
        detector.model,
        detector.backbone,
        detector.cache,
        device=device,
        progress=progress,
    )
    if keep:
        _keep(result, detector)
    return result


def _entry(video: str | Path | VideoEntry) -> VideoEntry:
    """Take one video as the command line does: its name is its id."""
    if isinstance(video, VideoEntry):
        return video
    path = given_path(video)
    if path.is_dir():
        raise InputError(
            "a folder, not a video file",
            where=path,
            cure="open_dataset(folder).videos gives its videos, to take one by one",
        )
    return open_video(path).videos[0]


def _keep(result: VideoResult, detector: Detector) -> None:
    establish(detector.run)
    detector.run.write_result(result)
    write_detections(detector.run, result.split)
