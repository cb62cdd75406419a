"""The main path: one video through every stage, each called once, in order.

Read this file first. Features -> imprint -> descriptors -> segmentation ->
back-projection -> proposals -> refinement; every intermediate record is kept, so the
explorer draws and never computes.
"""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.backbone import Backbone
from dbs_core.backprojection import to_frames
from dbs_core.control import classify, pooled
from dbs_core.datasets import VideoEntry, check, clip_truth
from dbs_core.epitome import fit
from dbs_core.errors import InputError
from dbs_core.features import GEOMETRY, FeatureCache, SampledVideo
from dbs_core.model import Model
from dbs_core.mosaic import mosaic
from dbs_core.progress import SILENT, Progress
from dbs_core.projection import Projection
from dbs_core.proposals import propose
from dbs_core.randomness import generator_for
from dbs_core.records import (
    Candidates,
    FrameScores,
    Imprint,
    Segments,
    VideoInfo,
    VideoResult,
)
from dbs_core.refinement import refine
from dbs_core.segmentation import segment
from dbs_core.settings import Settings
from dbs_core.smoothing import smooth
from dbs_core.targets import assigned_mask


def detect(
    entry: VideoEntry,
    model: Model,
    backbone: Backbone,
    cache: FeatureCache,
    *,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
) -> VideoResult:
    """Find the actions in one video file.

    Raises:
        InputError: the file cannot be used, or the model belongs to another backbone.
        Cancelled: asked to stop.
    """
    require_backbone(model, backbone)
    info = check(entry)
    if not info.readable:
        raise InputError(
            "; ".join(info.problems) or "cannot be decoded", where=entry.path
        )
    video = cache.get(entry.path, backbone, model.settings.features, progress)
    return detect_in(entry, info, video, model, device=device, progress=progress)


def require_backbone(model: Model, backbone: Backbone) -> None:
    """Check that a model was trained on these features.

    Raises:
        InputError: on those of another backbone.
    """
    if backbone.name != model.backbone:
        raise InputError(
            "features of another backbone",
            wanted=model.backbone,
            got=backbone.name,
            cure="train a run with this backbone",
        )


def detect_in(
    entry: VideoEntry,
    info: VideoInfo,
    video: SampledVideo,
    model: Model,
    *,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
) -> VideoResult:
    """Find the actions in sampled features: the path from Eq. 1 to a detection."""
    settings, features = model.settings, video.features
    progress("imprint", 0, 1, entry.video_id)
    fitted = fit(
        features,
        model.locate,
        settings.epitome,
        generator=imprint_generator(model.seed, entry),
        device=device,
        cancelled=progress.cancelled,
    )
    placement = fitted.placement
    progress("segment", 0, 1, entry.video_id)
    mask = assigned_mask(placement, settings.target.mask_tau)
    grid = segment(
        model.network,
        descriptors(fitted.imprint, mask, model.describe),
        mask,
        device=device,
    )
    soft = settings.projection == "soft"
    frames = smooth(to_frames(grid, placement, soft=soft), settings.smoothing)
    proposals, candidates = localise(frames, settings)
    return VideoResult(
        video_id=entry.video_id,
        split=entry.split,
        video_path=str(Path(entry.path).resolve()),
        info=info,
        geometry=GEOMETRY,
        placement=placement,
        usage=fitted.imprint.usage,
        log_likelihood=fitted.log_likelihood,
        trace=fitted.trace,
        mosaic=mosaic(video.thumbnails, placement),
        grid=grid,
        frames=frames,
        proposals=proposals,
        candidates=candidates,
        truth=entry.truth and clip_truth(entry.truth, features.duration_s),
        control=control_scores(video, model),
    )


def localise(frames: FrameScores, settings: Settings) -> tuple[Segments, Candidates]:
    """Turn frame scores into proposals and candidates: the same for every method."""
    proposals = propose(frames, settings.proposals)
    return proposals, refine(frames, proposals, settings.refinement)


def descriptors(
    imprint: Imprint, mask: np.ndarray, describe: Projection
) -> Float32[np.ndarray, "gh gw r"]:
    """Describe the assigned cells; the rest is zero (METHOD section 2.5)."""
    described = describe(torch.from_numpy(imprint.mean[mask])).numpy()
    grid = np.zeros((*mask.shape, described.shape[-1]), np.float32)
    grid[mask] = described
    return grid


def control_scores(video: SampledVideo, model: Model) -> FrameScores:
    """Score the frames without imprint, smoothed alike."""
    features = video.features
    described = model.control.describe(torch.from_numpy(pooled(features))).numpy()
    scores = classify(
        model.control.classifier, described, features.times_s, features.duration_s
    )
    return smooth(scores, model.settings.smoothing)


def imprint_generator(seed: int, entry: VideoEntry, part: str = "") -> torch.Generator:
    """Name the randomness of one imprint by run, video and part of it."""
    return generator_for(seed, "imprint", entry.split, entry.video_id, part)
