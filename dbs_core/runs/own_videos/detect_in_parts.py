"""Looking at a user's own video: every part of it through the path, results kept.

A part that has its result is passed over, so a stopped video goes on where it was.
"""

import shutil
from dataclasses import dataclass, replace

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.model import Model
from dbs_core.method.pipeline import detect_in, require_backbone
from dbs_core.method.video import probe
from dbs_core.records import VideoEntry, VideoInfo, VideoResult
from dbs_core.runs.own_videos.estimate import FEATURE_BYTES
from dbs_core.runs.own_videos.parts import Span, clock
from dbs_core.runs.own_videos.requests import SPLIT, Request, folder_of, opened
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import require_space
from dbs_core.runtime.progress import SILENT, Progress

CELLS = 7 * 7
PROXY_BYTES_S = 120_000
"""Bytes a second of a browser's copy, 640 pixels wide: on the safe side."""


def open_request(run: Run, request: Request) -> tuple[Request, VideoInfo]:
    """Open a video: what it is, and into which parts it falls.

    Raises:
        InputError: it is gone, no video, or not one frame of it can be decoded.
    """
    info = probe(request.file(run))
    return noted(run, request, info), info


def noted(run: Run, request: Request, info: VideoInfo) -> Request:
    """Check that a video can be used, and note its length.

    Raises:
        InputError: it is no video, or not one frame of it can be decoded.
    """
    if not info.readable:
        why = "; ".join(info.problems) or "not one frame can be decoded"
        raise InputError(why, where=request.video_id)
    if request.duration_s != info.duration_s:
        return opened(run, request, info.duration_s)
    return request


def needed_bytes(info: VideoInfo, disk_bytes: int) -> int:
    """Bytes that must be free: features of one part, and a copy for the browser."""
    return disk_bytes + round(info.duration_s * PROXY_BYTES_S)


@dataclass(frozen=True)
class Looker:
    """A run for own videos with its model, and whom to tell."""

    run: Run
    model: Model
    backbone: Backbone
    progress: Progress = SILENT


def look(request: Request, looker: Looker) -> tuple[str, ...]:
    """Find the actions in a video; gives the ids of its results, one a part.

    Features are kept while a part is at work, also when it is stopped, and go when
    it has its result.

    Raises:
        InputError: the video cannot be used, or there is no space.
        Cancelled: asked to stop; finished parts are kept.
    """
    run, progress = looker.run, looker.progress
    require_backbone(looker.model, looker.backbone)
    progress("open", 0, 1, request.video_id)
    request, info = open_request(run, request)
    require_space(run.root, needed_bytes(info, _features_bytes(request, looker)))
    cache = FeatureCache(folder_of(run, request) / "features")
    for number, (part_id, span_s) in enumerate(request.parts):
        progress("parts", number, len(request.parts), part_id)
        if not run.result_path(SPLIT, part_id).exists():
            entry = VideoEntry(part_id, request.file(run), SPLIT, None)
            found = _look_at(entry, _cut(info, request, number), span_s, looker, cache)
            run.write_result(replace(found, video_path=request.path))
        shutil.rmtree(cache.root, ignore_errors=True)
    run.write_detections(SPLIT, {r.video_id: r.detections for r in run.results(SPLIT)})
    return tuple(part_id for part_id, _ in request.parts)


def _features_bytes(request: Request, looker: Looker) -> int:
    """Bytes of the features of the longest part."""
    settings = looker.model.settings.features
    longest_s = max(end - start for _, (start, end) in request.parts)
    values = CELLS * looker.backbone.dimensions
    return round(longest_s * settings.rate_hz) * values * FEATURE_BYTES


def _look_at(
    entry: VideoEntry,
    info: VideoInfo,
    span_s: Span,
    looker: Looker,
    cache: FeatureCache,
) -> VideoResult:
    """Take a part of a video through the path."""
    settings, progress = looker.model.settings.features, looker.progress
    sampled = cache.get(entry.path, looker.backbone, settings, progress, span_s)
    return detect_in(entry, info, sampled, looker.model, progress=progress)


def _cut(info: VideoInfo, request: Request, number: int) -> VideoInfo:
    """Say of a part what it is; its times stay those of the whole video."""
    if len(request.parts) == 1:
        return info
    start_s, end_s = request.parts[number][1]
    note = (
        f"part {number + 1} of {len(request.parts)}: {clock(start_s)} to "
        f"{clock(end_s)} of {clock(info.duration_s)}"
    )
    return replace(info, duration_s=end_s, problems=(*info.problems, note))
