"""What the page's jobs do, and what must be known before: the bridge to the engine.

The engine's stages load PyTorch, two seconds at first: they are imported where they
are used, so that no page waits for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dbs_core.method.video import probe
from dbs_core.method.video.browser_copy import browser_can_play, write_proxy
from dbs_core.records import VideoInfo
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.batches import batches, look_at_all
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.run import Run, own_dataset
from dbs_core.runtime import files
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.progress import SILENT, Progress
from explorer import sources
from explorer.own_video.jobs import JOBS, Job
from explorer.sources import known_folders

if TYPE_CHECKING:
    from dbs_core.evaluation.what_if.knob_values import Values
    from dbs_core.evaluation.what_if.subject import Subject
    from dbs_core.method.features.map_source import MapSource
    from dbs_core.method.features.settings import FeatureSettings
    from dbs_core.runs.detecting import Detector
    from dbs_core.runs.own_videos.estimate import Estimate
    from dbs_core.training.anew import Anew
    from dbs_core.training.library import Folders, Work


VIDEO_LANE, LIBRARY_LANE, KEEP_LANE = "videos", "libraries", "kept runs"


@dataclass(frozen=True)
class Prospect:
    """A video that may be looked at, with what that will take."""

    request: Request
    info: VideoInfo
    plays: bool
    estimate: "Estimate"


def prospect(run: Run, request: Request) -> Prospect:
    """Open a video, time a few of its frames, check the space.

    Raises:
        InputError: no video, not one frame that decodes, or no space.
    """
    from dbs_core.runs.own_videos.detect_in_parts import noted
    from dbs_core.runs.own_videos.estimate import needed_bytes

    path = request.file(run)
    info = _probed(path, _changed_ns(path))
    request = noted(run, request, info)
    found = _estimate(run.root, path, _changed_ns(path), info)
    files.require_space(run.root, needed_bytes(info, found.disk_bytes))
    return Prospect(request, info, browser_can_play(path), found)


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=path) from error


@lru_cache(maxsize=64)
def _probed(path: Path, changed_ns: int) -> VideoInfo:
    return probe(path)


@lru_cache(maxsize=64)
def _estimate(root: Path, path: Path, changed_ns: int, info: VideoInfo) -> "Estimate":
    from dbs_core.runs.own_videos.estimate import estimate, measure

    detector = _detector(Run.open(root))
    model = detector.model
    speed = measure(
        path, info.duration_s, model, detector.backbone, detector.cache.root
    )
    return estimate(info, speed, model.settings.features.rate_hz)


def _detector(run: Run, progress: Progress = SILENT) -> "Detector":
    """Open a run; its network is loaded once a server, not once a video."""
    from dbs_core.runs.detecting import Detector

    opened = Detector.open(run, progress=progress)
    settings = opened.model.settings.features
    return replace(opened, make_backbone=lambda: _loaded(settings))


@lru_cache(maxsize=2)
def _loaded(settings: "FeatureSettings") -> "MapSource":
    from dbs_core.method.features.streams import named_backbone

    return named_backbone(settings)


def look_at(run: Run, request: Request) -> Job:
    """Look at a video in the background."""
    same = {"run": str(run.root), "video": request.video_id}
    if active := JOBS.active(**same):
        return active[0]

    def work(progress: Progress) -> None:
        _look(run, request, progress)

    return JOBS.add(request.video_id, VIDEO_LANE, work, **same)


def _look(run: Run, request: Request, progress: Progress) -> None:
    """Find the actions; then make the copy that browsers play, where one is wanted."""
    from dbs_core.runs.own_videos.detect_in_parts import look

    progress("open", 0, 1, request.video_id)
    found = look(request, _detector(run, progress))
    _make_playable(run, found[0], progress)


def _make_playable(run: Run, video_id: str, progress: Progress) -> None:
    result = run.result(requests.SPLIT, video_id)
    if not browser_can_play(run.video_file(result)):
        copy = sources.copy_path(run, result)
        if not copy.exists():
            write_proxy(run.video_file(result), copy, progress)


def look_at_batch(run: Run, folder: str) -> Job:
    """Look at the videos of a folder in the background, one after the other."""
    same = {"run": str(run.root), "batch": folder}
    if active := JOBS.active(**same):
        return active[0]

    def work(progress: Progress) -> None:
        _look_at_batch(run, folder, progress)

    return JOBS.add(Path(folder).name, VIDEO_LANE, work, **same)


def _look_at_batch(run: Run, folder: str, progress: Progress) -> None:
    from dbs_core.runs.own_videos.detect_in_parts import look_through, write_found

    detector = _detector(run, progress)

    def look(request: Request) -> None:
        found = look_through(request, detector)
        _make_playable(run, found[0], progress)

    try:
        _require_none(look_at_all(run, batches(run)[folder], look, progress))
    finally:
        if requests.SPLIT in run.splits:
            write_found(run)


def build_library(folders: "Folders", work: "Work") -> Job:
    """Train and detect on a data set in the background."""
    from dbs_core.training.library import build, remember

    same = {"library": str(work.run)}
    if active := JOBS.active(**same):
        return active[0]
    remember(folders, work)

    def build_it(progress: Progress) -> object:
        _require_none(build(folders, work, progress))
        return work.run

    return JOBS.add(folders.root.name, LIBRARY_LANE, build_it, **same)


def train_anew(wanted: "Anew") -> Job:
    """Train a run anew in the background; then it is among the runs."""
    from dbs_core.training import anew

    same = {"root": str(wanted.root.resolve())}
    if active := JOBS.active(**same):
        return active[0]

    def work(progress: Progress) -> object:
        failures = anew.train_anew(wanted, progress)
        known_folders.add(wanted.root, keep=True)
        _require_none(failures)
        return wanted.root

    like = str(wanted.base.root)
    return JOBS.add(wanted.root.name, LIBRARY_LANE, work, like=like, **same)


def keep_turned(
    run: Run,
    subject: "Subject",
    values: "Values",
    root: Path,
    second: Run | None,
    said: str,
) -> Job:
    """Write a run with knobs turned in the background; then it is among the runs."""
    from dbs_core.runs.keeping import keep

    def work(progress: Progress) -> object:
        failures = keep(run, subject, values, root, second=second, progress=progress)
        known_folders.add(root, keep=True)
        _require_none(failures)
        return root

    about = {"kept_of": str(run.root), "root": str(root.resolve()), "said": said}
    return JOBS.add(root.name, KEEP_LANE, work, **about)


def detect_in_own(run: Run, title: str) -> Job:
    """Look at the test videos of the data set that a run was trained on."""
    from dbs_core.runs.detecting import chosen, detect_all, open_for

    same = {"detect": str(run.root)}
    if active := JOBS.active(**same):
        return active[0]

    def work(progress: Progress) -> object:
        progress("open", 0, 1, title)
        dataset = open_for(run, own_dataset(run))
        _require_none(detect_all(chosen(dataset, None), _detector(run, progress)))
        return run.root

    return JOBS.add(title, LIBRARY_LANE, work, **same)


def _require_none(failures: Mapping[str, str]) -> None:
    """Say which videos failed, where some did."""
    if failures:
        listed = "; ".join(f"{v}: {why}" for v, why in list(failures.items())[:3])
        raise InputError(
            f"{many(len(failures), 'video')} failed, the rest is done: {listed}"
        )
