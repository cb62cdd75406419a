"""Training a run: from a data set's videos to one model.

Features of every training video (kept on disk), a projection to locate with, an
imprint for each video and instance, a projection to describe with, the FCN, the
control on the same frames, and the temporal heads of both. A video that cannot be used
is reported and left out.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core import store
from dbs_core.accumulation import imprint_of
from dbs_core.backbone import Backbone
from dbs_core.control import pooled, train_classifier
from dbs_core.datasets import Dataset, VideoEntry
from dbs_core.errors import InputError
from dbs_core.features import FeatureCache
from dbs_core.head_learning import learn_heads
from dbs_core.metric import Chain, frames_to_draw, shaped_by_labels
from dbs_core.model import Control, Head, Model, new_classifier, new_network
from dbs_core.progress import Progress
from dbs_core.projection import Projection, fit_projection
from dbs_core.randomness import generator_for, seeded
from dbs_core.records import ClassList, Features, Placement
from dbs_core.segmentation import ImprintFCN
from dbs_core.settings import Settings
from dbs_core.targets import assigned_mask, frame_targets
from dbs_core.training import train
from dbs_core.training_set import (
    TrainingVideo,
    build,
    place,
    training_videos,
)

CELLS_PER_VIDEO = 400
"""Sample cells of each video for the locating projection."""
CELLS_PER_IMPRINT = 500
"""Sample cells of each whole video's imprint for the descriptors' (METHOD 2.5)."""


@dataclass(frozen=True)
class Learner:
    """What a training needs to know besides its videos."""

    classes: ClassList
    settings: Settings
    seed: int
    backbone: Backbone
    cache: FeatureCache
    scratch: Path
    device: str = "cpu"
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True)
class Learnt:
    """A model, and what could not be used: (video, why)."""

    model: Model
    failures: tuple[tuple[str, str], ...]
    imprints: int
    short: int
    losses: tuple[float, ...]


def learn(entries: Sequence[VideoEntry], learner: Learner) -> Learnt:
    """Train a model on videos with truth.

    Raises:
        InputError: no video could be used, or the disk is full.
        Cancelled: asked to stop; features and placements so far are kept.
    """
    settings = learner.settings
    videos, failures = _videos(entries, learner)
    if not videos:
        raise InputError(
            "no video to train on", got="; ".join(why for _, why in failures)
        )
    whole = [video for video in videos if video.whole]
    instances = sum(len(v.truth.segments) for v in whole) if settings.crops else 0
    short = instances - (len(videos) - len(whole))
    if not any(_teaches(video, learner) for video in videos):
        raise InputError(
            "no instance or trimmed clip to learn from",
            cure="train with --crops or --trimmed, or on untrimmed videos too",
        )
    labelled = _labelled(videos, _locating(videos, learner), learner)
    if settings.metric.kind == "labels":
        labelled = _labelled(videos, _shaped(videos, labelled, learner), learner)
    control, head = _with_heads(videos, labelled.placements, learner)
    model = Model(
        learner.classes,
        settings,
        learner.backbone.name,
        learner.seed,
        labelled.locate,
        labelled.describe,
        labelled.network.cpu().eval(),
        control,
        head,
    )
    return Learnt(model, tuple(failures), len(videos), short, labelled.losses)


@dataclass(frozen=True, eq=False)
class _Labelled:
    """Imprints of all videos, and an FCN that labels them."""

    locate: Projection
    placements: Sequence[Placement]
    describe: Projection
    network: ImprintFCN
    losses: tuple[float, ...]


def _labelled(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> _Labelled:
    """Make the imprints with these axes and train the FCN on them."""
    settings = learner.settings
    placements = _placements(videos, locate, learner)
    describe = _describing(videos, placements, learner)
    channels = learner.classes.channels
    file = learner.scratch / "descriptors.f16"
    taught = [
        pair
        for pair in zip(videos, placements, strict=True)
        if _teaches(pair[0], learner)
    ]
    try:
        samples = build(file, taught, describe, settings, channels, learner.progress)
        generator = generator_for(learner.seed, "fcn")
        with seeded(generator):
            network = new_network(settings, learner.classes, describe.axes.shape[1])
            losses = train(
                network,
                samples,
                settings.training,
                generator=generator,
                device=learner.device,
                progress=learner.progress,
            )
    finally:
        file.unlink(missing_ok=True)
    return _Labelled(locate, placements, describe, network, tuple(losses))


def _shaped(
    videos: Sequence[TrainingVideo], labelled: _Labelled, learner: Learner
) -> Projection:
    """Let the labels of whole videos shape the EM's axes."""
    settings, channels = learner.settings, learner.classes.channels
    draws = [
        frames_to_draw(
            video.features.maps,
            frame_targets(video.labels(channels)),
            settings.metric.frames,
        )
        for video in videos
        if video.whole
    ]
    chain = Chain(
        labelled.locate,
        labelled.describe,
        labelled.network,
        settings.epitome,
        settings.metric,
    )
    generator = generator_for(learner.seed, "metric")
    with seeded(generator):
        return shaped_by_labels(
            draws, chain, generator=generator, progress=learner.progress
        )


def training_entries(dataset: Dataset) -> tuple[VideoEntry, ...]:
    """The videos a data set trains on: its validation or train split.

    THUMOS'14 has no training set of untrimmed videos; its validation videos are it.

    Raises:
        InputError: it has neither.
    """
    for split in ("validation", "train"):
        if split in dataset.splits:
            return tuple(v for v in dataset.split(split) if v.truth is not None)
    raise InputError(
        "nothing to train on",
        where=dataset.root,
        wanted="a validation or train split with annotation",
        got=", ".join(dataset.splits) or "no split",
    )


def _videos(
    entries: Sequence[VideoEntry], learner: Learner
) -> tuple[list[TrainingVideo], list[tuple[str, str]]]:
    videos: list[TrainingVideo] = []
    failures: list[tuple[str, str]] = []
    for index, entry in enumerate(entries):
        learner.progress("videos", index, len(entries), entry.video_id)
        try:
            for mirrored in (False, True)[: 1 + learner.settings.features.mirrored]:
                sampled = learner.cache.get(
                    entry.path,
                    learner.backbone,
                    learner.settings.features,
                    learner.progress,
                    mirrored=mirrored,
                )
                crops = learner.settings.crops
                videos += training_videos(entry, sampled, crops, mirrored)
        except InputError as error:
            failures.append((entry.video_id, str(error)))
    return videos, failures


def _locating(videos: Sequence[TrainingVideo], learner: Learner) -> Projection:
    """Learn the EM's projection from sample cells of the whole videos."""
    rng = np.random.default_rng(learner.seed)
    cells = [_sample_cells(v.features, CELLS_PER_VIDEO, rng) for v in videos if v.whole]
    dimensions = learner.settings.epitome.locate_dimensions
    return fit_projection(np.concatenate(cells), dimensions)


def _sample_cells(
    features: Features, count: int, rng: np.random.Generator
) -> Float32[np.ndarray, "n d"]:
    """Draw cells of a few frames: maps on disk are read frame by frame."""
    frames = np.sort(rng.choice(len(features), min(40, len(features)), replace=False))
    cells = np.asarray(features.maps[frames], np.float32)
    flat = cells.reshape(-1, cells.shape[-1])
    return flat[rng.choice(len(flat), min(count, len(flat)), replace=False)]


def _placements(
    videos: Sequence[TrainingVideo], locate: Projection, learner: Learner
) -> list[Placement]:
    """Learn every imprint; those of an earlier, stopped training are read back."""
    settings, kept = learner.settings, []
    same = store.fingerprint(
        settings.epitome, learner.backbone.name, learner.seed, locate.axes.tobytes()
    )
    for index, video in enumerate(videos):
        learner.progress("imprints", index, len(videos), video.entry.video_id)
        key = store.fingerprint(
            same,
            video.entry.split,
            video.entry.video_id,
            video.part,
            video.features.times_s.tobytes(),
        )
        # With the features: another run with the same EM finds them there.
        path = learner.cache.root / "placements" / f"{key}.npz"
        if not path.exists():
            _, placement = place(video, locate, settings, learner.seed)
            store.write_record(path, placement)
        kept.append(store.read_record(path, Placement))
    return kept


def _describing(
    videos: Sequence[TrainingVideo], placements: Sequence[Placement], learner: Learner
) -> Projection:
    """Learn the descriptors' projection from assigned cells of whole videos."""
    rng = np.random.default_rng(learner.seed)
    cells = []
    for video, placement in zip(videos, placements, strict=True):
        if video.whole:
            mask = assigned_mask(placement, learner.settings.target.mask_tau)
            flat = imprint_of(video.features, placement).mean[mask]
            count = min(CELLS_PER_IMPRINT, len(flat))
            cells.append(flat[rng.choice(len(flat), count, replace=False)])
    return _describer(np.concatenate(cells), learner)


def _describer(cells: Float32[np.ndarray, "n d"], learner: Learner) -> Projection:
    """The descriptors' projection; the control's has the same settings."""
    settings = learner.settings.descriptor
    return fit_projection(
        cells, settings.dimensions, power=settings.power, whiten=settings.whiten
    )


def _teaches(video: TrainingVideo, learner: Learner) -> bool:
    """Say whether labels are learnt from a video; projections are, from whole ones."""
    return learner.settings.untrimmed or video.trimmed


def _control(videos: Sequence[TrainingVideo], learner: Learner) -> Control:
    """Train the control on the frames that teach the FCN."""
    pool = [pooled(video.features) for video in videos]
    whole = [f for f, video in zip(pool, videos, strict=True) if video.whole]
    describe = _describer(np.concatenate(whole), learner)
    taught = [_teaches(video, learner) for video in videos]
    frames = list(itertools.compress(pool, taught))
    targets = [
        frame_targets(video.labels(learner.classes.channels))
        for video in itertools.compress(videos, taught)
    ]
    generator = generator_for(learner.seed, "control")
    with seeded(generator):
        classifier = new_classifier(
            learner.settings, learner.classes, describe.axes.shape[1]
        )
        train_classifier(
            classifier,
            describe(torch.from_numpy(np.concatenate(frames))).numpy(),
            np.concatenate(targets),
            learner.settings.control,
            generator=generator,
            progress=learner.progress,
        )
    return Control(describe, classifier.eval())


def _with_heads(
    videos: Sequence[TrainingVideo], placements: Sequence[Placement], learner: Learner
) -> tuple[Control, Head | None]:
    """Train the control, and the temporal heads where they are wanted."""
    control = _control(videos, learner)
    if learner.settings.head.kind == "none":
        return control, None
    placed = [pair for pair in zip(videos, placements, strict=True) if pair[0].whole]
    head, beside = learn_heads(
        placed,
        control,
        learner.classes,
        learner.settings,
        seed=learner.seed,
        device=learner.device,
        progress=learner.progress,
    )
    return replace(control, head=beside), head
