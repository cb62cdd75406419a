"""Learning one member of a run: from videos to a model of one seed.

A projection to locate with, an imprint for each video and instance, a projection to
describe with, the FCN, the control on the same frames, and the temporal heads of both.
A run of several members learns each as a run of its seed would be learnt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import frame_targets
from dbs_core.method.control import Control
from dbs_core.method.features.projection import Projection
from dbs_core.method.model import Model
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.records import Placement
from dbs_core.runtime.seeds import generator_for, seeded
from dbs_core.training.axes import Chain, frames_to_draw, shaped_by_labels
from dbs_core.training.both_heads import LearntHeads, learn_heads
from dbs_core.training.control import train_control
from dbs_core.training.imprints import place_all
from dbs_core.training.learner import Learner
from dbs_core.training.network import learn_network
from dbs_core.training.projections import describing_axes, locating_axes
from dbs_core.training.videos import TrainingVideo


@dataclass(frozen=True, eq=False)
class LearntMember:
    """A member, its losses, and what it knows of the videos it was learnt from."""

    model: Model
    losses: tuple[float, ...]
    placements: Sequence[Placement]
    """Where the frames of each video lie on its imprint."""
    inputs: Mapping[int, Float32[np.ndarray, "_ i"]]
    """What its head was given of each whole video, by the video's number."""


def learn_member(videos: Sequence[TrainingVideo], learner: Learner) -> LearntMember:
    """Learn the member of the learner's seed.

    Raises:
        InputError: the imprints are too large for the videos, or the disk is full.
        Cancelled: asked to stop; placements so far are kept.
    """
    labelled = _labelled(videos, locating_axes(videos, learner), learner)
    if learner.settings.metric.kind == "labels":
        labelled = _labelled(videos, _shaped(videos, labelled, learner), learner)
    control, heads = _with_heads(videos, labelled.placements, learner)
    model = Model(
        learner.classes,
        learner.settings,
        learner.backbone.name,
        learner.seed,
        labelled.locate,
        labelled.describe,
        labelled.network,
        control,
        heads.head if heads else None,
    )
    whole = [index for index, video in enumerate(videos) if video.whole]
    inputs = dict(zip(whole, heads.inputs, strict=True)) if heads else {}
    return LearntMember(model, labelled.losses, labelled.placements, inputs)


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
    placements = place_all(videos, locate, learner)
    describe = describing_axes(videos, placements, learner)
    placed = list(zip(videos, placements, strict=True))
    network, losses = learn_network(placed, describe, learner)
    return _Labelled(locate, placements, describe, network, losses)


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


def _with_heads(
    videos: Sequence[TrainingVideo], placements: Sequence[Placement], learner: Learner
) -> tuple[Control, LearntHeads | None]:
    """Train the control, and the temporal heads where they are wanted."""
    control, described = train_control(videos, learner)
    if learner.settings.head.kind == "none":
        return control, None
    whole = [index for index, video in enumerate(videos) if video.whole]
    heads = learn_heads(
        [videos[index] for index in whole],
        [placements[index] for index in whole],
        [described[index] for index in whole],
        learner,
    )
    return replace(control, head=heads.beside), heads
