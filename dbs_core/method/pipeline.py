"""The main path: one video through every stage, each called once, in order.

Read this file first. Features -> imprint -> descriptors -> segmentation ->
back-projection -> temporal head, if any -> proposals -> refinement; every intermediate
record is kept, so the explorer draws and never computes. Whoever times the path hands
in a `stage` that is entered around each part under its name, in this order: features,
imprint, describe, segment, project, control, head, localise.
"""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.control import control_scores, describe_frames
from dbs_core.method.detection.head_input import frame_input, imprint_input
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.network_input import GEOMETRY
from dbs_core.method.features.projection import Projection
from dbs_core.method.features.unusual import unusual
from dbs_core.method.imprint.arranging import arrangement
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.mosaic import mosaic
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.model import Model
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.segmentation.fcn import ImprintFCN, segment
from dbs_core.method.video.integrity import check, unseen
from dbs_core.records import (
    FrameScores,
    GridScores,
    Imprint,
    Placement,
    SampledVideo,
    Sharpened,
    VideoEntry,
    VideoInfo,
    VideoResult,
)
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.seeds import generator_for
from dbs_core.runtime.stage_clock import Stage
from dbs_core.runtime.threads import fixed_threads


def detect(
    entry: VideoEntry,
    model: Model,
    backbone: MapSource,
    cache: FeatureCache,
    *,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
    stage: Stage = nullcontext,
) -> VideoResult:
    """Find the actions in one video file, or in features that stand for it.

    Args:
        entry: the video.
        model: what a training left.
        backbone: the network that the model was trained on.
        cache: where the video's features are kept.
        device: where to compute.
        progress: told about every stage.
        stage: entered around every stage.

    Raises:
        InputError: the file cannot be used, or the model belongs to another backbone.
        Cancelled: asked to stop.
    """
    require_backbone(model, backbone)
    here = entry.path.exists() or backbone.network is not None
    info = check(entry) if here else None
    if info is not None and not info.readable:
        raise InputError(
            "; ".join(info.problems) or "cannot be decoded", where=entry.path
        )
    with stage("features"):
        video = cache.get(
            entry.path,
            backbone,
            model.settings.features,
            progress,
            duration_s=entry.duration_s,
        )
    info = info or unseen(entry, video.features.duration_s)
    return detect_in(
        entry, info, video, model, device=device, progress=progress, stage=stage
    )


def require_backbone(model: Model, backbone: MapSource) -> None:
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


@fixed_threads()
def detect_in(
    entry: VideoEntry,
    info: VideoInfo,
    video: SampledVideo,
    model: Model,
    *,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
    stage: Stage = nullcontext,
) -> VideoResult:
    """Find the actions in sampled features: the path from Eq. 1 to a detection."""
    settings, features = model.settings, video.features
    with stage("imprint"):
        fitted = fit(
            features,
            model.locate,
            settings.epitome,
            generator=imprint_generator(model.seed, entry),
            device=device,
            progress=progress.within("imprint", 0, 1, entry.video_id),
        )
        arranged = arrangement(features, fitted.placement)
    placement = fitted.placement
    progress("segment", 0, 1, entry.video_id)
    grid = label_cells(
        fitted.imprint,
        placement,
        model.describe,
        model.network,
        mask_tau=settings.target.mask_tau,
        device=device,
        stage=stage,
    )
    with stage("project"):
        projected = project(grid, placement, settings)
    with stage("control"):
        described = describe_frames(features, model.control)
        control = control_scores(
            described, projected, model.control, settings.smoothing
        )
    progress("localise", 0, 1, entry.video_id)
    with stage("head"):
        head, control_head = sharpened(
            described, fitted.imprint, placement, projected, control, model, device
        )
    frames, reach_s = (head.frames, head.reach_s) if head else (projected, None)
    with stage("localise"):
        proposals, candidates = localise(frames, settings, reach_s)
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
        truth=entry.truth,
        control=control,
        reach_s=reach_s,
        projected=projected if head else None,
        control_head=control_head,
        projection=settings.projection,
        arrangement=arranged,
        unusual=unusual(features, video.fine),
        classes=model.classes,
    )


def label_cells(
    imprint: Imprint,
    placement: Placement,
    describe: Projection,
    network: ImprintFCN,
    *,
    mask_tau: float,
    device: torch.device | str = "cpu",
    stage: Stage = nullcontext,
) -> GridScores:
    """Describe the imprint's cells that hold frames, and label them with the FCN.

    Args:
        imprint: what its cells hold.
        placement: where its frames lie.
        describe: the descriptors' projection.
        network: the FCN.
        mask_tau: how much of a frame a cell must hold to be labelled.
        device: where the FCN runs.
        stage: entered around "describe" and "segment".
    """
    with stage("describe"):
        mask = assigned_mask(placement, mask_tau)
        described = descriptors(imprint, mask, describe)
    with stage("segment"):
        return segment(network, described, mask, device=device)


def sharpened(
    described: Float32[np.ndarray, "t r"],
    imprint: Imprint,
    placement: Placement,
    projected: FrameScores,
    control: FrameScores,
    model: Model,
    device: torch.device | str,
) -> tuple[Sharpened | None, Sharpened | None]:
    """Let the temporal heads, if any, have their say: on the imprint, on the control.

    Each sees its own side only, and is mixed with the scores of its own side.
    """
    settings, head = model.settings, model.head
    if head is None or model.control.head is None:
        return None, None
    known = imprint_input(described, imprint, placement, head.readback)
    smoothing = settings.smoothing
    return (
        sharpen(
            head.network,
            known,
            projected,
            settings.head,
            smoothing=smoothing,
            device=device,
        ),
        sharpen(
            model.control.head,
            frame_input(described),
            control,
            settings.head,
            smoothing=smoothing,
            device=device,
        ),
    )


def imprint_generator(seed: int, entry: VideoEntry, part: str = "") -> torch.Generator:
    """Name the randomness of one imprint by run, video and part of it."""
    return generator_for(seed, "imprint", entry.split, entry.video_id, part)
