"""The main path: one video through every stage, each called once, in order.

Read this file first. Features -> imprint -> descriptors -> segmentation ->
back-projection -> temporal head, if any -> proposals -> refinement; every intermediate
record is kept, so the explorer draws and never computes. Members of a run take the path
each, from the imprint on, and are averaged before proposals. Whoever times the path
hands in a `stage` that is entered around each part under its name, in this order:
features, imprint, describe, segment, project, control, head, localise.
"""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import torch

from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.both_heads import sharpened
from dbs_core.method.control import control_scores, describe_frames
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.network_input import GEOMETRY
from dbs_core.method.features.projection import Projection
from dbs_core.method.features.settings import Precision
from dbs_core.method.features.unusual import unusual
from dbs_core.method.fusion import averaged
from dbs_core.method.imprint.arranging import arrangement
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.mosaic import mosaic
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.model import Model
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.segmentation.fcn import ImprintFCN, segment
from dbs_core.method.video.integrity import check, unseen
from dbs_core.records import (
    GridScores,
    Imprint,
    Placement,
    SampledVideo,
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
    """Find the actions in sampled features: the path from Eq. 1 to a detection.

    Of several members the imprint of the first is given, and the mean of all scores.
    """
    found = []
    for number, member in enumerate(model.members):
        one = progress
        if model.others:
            one = progress.about(f"member {number + 1} of {len(model.members)}")
        found.append(_detect_alone(entry, info, video, member, device, one, stage))
    result = found[0]
    if model.others:
        with stage("localise"):
            weights = [1 / len(found)] * len(found)
            result = averaged(found, weights, model.settings, model.calibration)
    return replace(result, unusual=unusual(video.features, video.fine))


def _detect_alone(
    entry: VideoEntry,
    info: VideoInfo,
    video: SampledVideo,
    model: Model,
    device: torch.device | str,
    progress: Progress,
    stage: Stage,
) -> VideoResult:
    """Take the path with one member."""
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
        precision=settings.features.precision,
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
        proposals, candidates = localise(frames, settings, reach_s, model.calibration)
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
        truth=entry.truth and entry.truth.named(model.classes),
        control=control,
        reach_s=reach_s,
        projected=projected if head else None,
        control_head=control_head,
        projection=settings.projection,
        arrangement=arranged,
        calibration=model.calibration,
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
    precision: Precision = "float32",
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
        precision: of the FCN's products.
        stage: entered around "describe" and "segment".
    """
    with stage("describe"):
        mask = assigned_mask(placement, mask_tau)
        described = descriptors(imprint, mask, describe)
    with stage("segment"):
        return segment(network, described, mask, device=device, precision=precision)


def imprint_generator(seed: int, entry: VideoEntry, part: str = "") -> torch.Generator:
    """Name the randomness of one imprint by run, video and part of it."""
    return generator_for(seed, "imprint", entry.split, entry.video_id, part)
