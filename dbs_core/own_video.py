"""Looking at a user's own video: every part of it through the path, results kept.

A part that has its result is passed over, so a stopped video goes on where it was.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from dbs_core.backbone import Backbone
from dbs_core.datasets import VideoEntry
from dbs_core.errors import InputError
from dbs_core.estimating import FEATURE_BYTES
from dbs_core.features import FeatureCache
from dbs_core.inbox import SPLIT, Request, opened, require_space
from dbs_core.model import Model
from dbs_core.parts import Span, clock
from dbs_core.pipeline import detect_in, require_backbone
from dbs_core.progress import SILENT, Progress
from dbs_core.records import VideoInfo, VideoResult
from dbs_core.runs import Run
from dbs_core.video import probe

CELLS = 7 * 7
PROXY_BYTES_S = 120_000
"""Bytes a second of a browser's copy, 640 pixels wide: on the safe side."""


def open_request(run: Run, request: Request) -> tuple[Request, VideoInfo]:
    """Open a video: what it is, and into which parts it falls.

    Raises:
        InputError: it is gone, no video, or not one frame of it can be decoded.
    """
    path = request.file(run)
    info = probe(path)
    if not info.readable:
        why = "; ".join(info.problems) or "not one frame can be decoded"
        raise InputError(why, where=request.video_id)
    if request.duration_s != info.duration_s:
        request = opened(run, request, info.duration_s)
    return request, info


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

    Features are kept while a part is at work; those of a video in one part stay in
    the run's cache.

    Raises:
        InputError: the video cannot be used, or there is no space.
        Cancelled: asked to stop; finished parts are kept.
    """
    run, progress = looker.run, looker.progress
    require_backbone(looker.model, looker.backbone)
    progress("open", 0, 1, request.video_id)
    request, info = open_request(run, request)
    require_space(run.root, needed_bytes(info, _features_bytes(request, looker)))
    for number, (part_id, span_s) in enumerate(request.parts):
        progress("parts", number, len(request.parts), part_id)
        if not run.result_path(SPLIT, part_id).exists():
            entry = VideoEntry(part_id, request.file(run), SPLIT, None)
            if len(request.parts) == 1:
                found = _whole(entry, info, looker)
            else:
                of = f"part {number + 1} of {len(request.parts)}"
                found = _part(entry, _cut(info, span_s, of), span_s, looker)
            run.write_result(replace(found, video_path=request.path))
    run.write_detections(SPLIT, {r.video_id: r.detections for r in run.results(SPLIT)})
    return tuple(part_id for part_id, _ in request.parts)


def _features_bytes(request: Request, looker: Looker) -> int:
    """Bytes of the features of the longest part."""
    settings = looker.model.settings.features
    longest_s = max(end - start for _, (start, end) in request.parts)
    values = CELLS * looker.backbone.dimensions
    return round(longest_s * settings.rate_hz) * values * FEATURE_BYTES


def _whole(entry: VideoEntry, info: VideoInfo, looker: Looker) -> VideoResult:
    """Take a video through the path; its features are kept."""
    cache = FeatureCache(looker.run.root / "cache" / "features")
    settings, progress = looker.model.settings.features, looker.progress
    sampled = cache.get(entry.path, looker.backbone, settings, progress)
    return detect_in(entry, info, sampled, looker.model, progress=progress)


def _part(
    entry: VideoEntry, info: VideoInfo, span_s: Span, looker: Looker
) -> VideoResult:
    """Take a part of a video through the path; its features go when it is done."""
    folder = looker.run.root / "cache" / "features"
    folder.mkdir(parents=True, exist_ok=True)
    settings, progress = looker.model.settings.features, looker.progress
    with tempfile.TemporaryDirectory(prefix="part-", dir=folder) as scratch:
        cache = FeatureCache(Path(scratch))
        sampled = cache.get(entry.path, looker.backbone, settings, progress, span_s)
        return detect_in(entry, info, sampled, looker.model, progress=progress)


def _cut(info: VideoInfo, span_s: Span, which: str) -> VideoInfo:
    """Say of a part what it is; its times stay those of the whole video."""
    start_s, end_s = span_s
    note = f"{which}: {clock(start_s)} to {clock(end_s)} of {clock(info.duration_s)}"
    return replace(info, duration_s=end_s, problems=(*info.problems, note))
