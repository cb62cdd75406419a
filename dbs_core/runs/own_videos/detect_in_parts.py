"""Looking at a user's own video: every part of it through the path, results kept.

A part that has its result is passed over, so a stopped video goes on where it was.
"""

import shutil
from dataclasses import replace

from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.pipeline import detect_in, require_backbone
from dbs_core.method.video import probe
from dbs_core.records import VideoEntry, VideoInfo, VideoResult
from dbs_core.runs.detecting import Detector
from dbs_core.runs.own_videos.estimate import features_bytes, needed_bytes
from dbs_core.runs.own_videos.parts import Span, clock
from dbs_core.runs.own_videos.requests import SPLIT, Request, folder_of, opened
from dbs_core.runs.run import Run
from dbs_core.runs.summaries import readable_detections
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import require_space

CELLS = 7 * 7
"""Of every backbone's maps."""


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


def look(request: Request, detector: Detector) -> tuple[str, ...]:
    """Find the actions in a video; gives the ids of its results, one a part.

    Features are kept beside the request, whatever the detector's cache: while a part
    is at work, also when it is stopped; they go when it has its result.

    Raises:
        InputError: the video cannot be used, or there is no space.
        Cancelled: asked to stop; finished parts are kept.
    """
    found = look_through(request, detector)
    write_found(detector.run)
    return found


def write_found(run: Run) -> None:
    """Write the detections of all own videos that have a result."""
    readable, _ = readable_detections(run, SPLIT)
    run.write_detections(SPLIT, readable)


def look_through(request: Request, detector: Detector) -> tuple[str, ...]:
    """Find the actions as `look` does; the file of all detections stays as it was.

    Raises:
        InputError: as `look`.
        Cancelled: as `look`.
    """
    run, progress = detector.run, detector.progress
    require_backbone(detector.model, detector.backbone)
    progress("open", 0, 1, request.video_id)
    request, info = open_request(run, request)
    values = CELLS * detector.backbone.dimensions
    kept = features_bytes(info, values, detector.model.settings.features.rate_hz)
    require_space(run.root, needed_bytes(info, kept))
    cache = FeatureCache(folder_of(run, request) / "features")
    detector = replace(detector, cache=cache)
    for number, (part_id, span_s) in enumerate(request.parts):
        progress("parts", number, len(request.parts), part_id)
        if not run.result_path(SPLIT, part_id).exists():
            entry = VideoEntry(part_id, request.file(run), SPLIT, None)
            found = _look_at(entry, _cut(info, request, number), span_s, detector)
            run.write_result(replace(found, video_path=request.path))
        shutil.rmtree(cache.root, ignore_errors=True)
    return tuple(part_id for part_id, _ in request.parts)


def _look_at(
    entry: VideoEntry, info: VideoInfo, span_s: Span, detector: Detector
) -> VideoResult:
    """Take a part of a video through the path."""
    model, progress = detector.model, detector.progress
    sampled = detector.cache.get(
        entry.path, detector.backbone, model.settings.features, progress, span_s
    )
    return detect_in(
        entry, info, sampled, model, device=detector.device, progress=progress
    )


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
