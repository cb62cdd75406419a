"""Learning the temporal heads of a run: one on its imprints, one on frames alone.

Both from the same whole videos, with the same network, loss and seed; they differ in
what they see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import frame_targets
from dbs_core.method.detection.head_input import (
    ReadBack,
    frame_input,
    joined_input,
    read_back,
)
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.model import Head, new_head
from dbs_core.records import ClassList, Placement
from dbs_core.runtime.seeds import generator_for, seeded
from dbs_core.training.head import train_head
from dbs_core.training.head_sample import HeadSample, head_sample
from dbs_core.training.learner import Learner
from dbs_core.training.videos import TrainingVideo

Inputs = Sequence[Float32[np.ndarray, "_ i"]]


@dataclass(frozen=True, eq=False)
class LearntHeads:
    """The head on imprints, its control, and what the first was given of each video."""

    head: Head
    beside: HeadNetwork
    inputs: Inputs


def learn_heads(
    videos: Sequence[TrainingVideo],
    placements: Sequence[Placement],
    described: Inputs,
    learner: Learner,
) -> LearntHeads:
    """Train the head on imprints, and its control.

    Args:
        videos: whole training videos.
        placements: where the frames of each lie.
        described: the frames of each as the control describes them.
        learner: classes, settings, seed and device of the run.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    windows = _windows(videos, placements, learner)
    readback = ReadBack(
        *(_fitted(part, learner) for part in zip(*windows, strict=True))
    )
    inputs = [
        joined_input(frames, both, place, readback)
        for frames, both, place in zip(described, windows, placements, strict=True)
    ]
    del windows
    head = Head(readback, learn_head("head", videos, inputs, learner))
    alone = [frame_input(frames) for frames in described]
    beside = learn_head("control head", videos, alone, learner)
    return LearntHeads(head, beside, inputs)


def learn_head(
    name: str, videos: Sequence[TrainingVideo], inputs: Inputs, learner: Learner
) -> HeadNetwork:
    """Train one head on what it is given of each whole video.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    samples = [
        _sample(video, frames, learner.classes)
        for video, frames in zip(videos, inputs, strict=True)
    ]
    generator = generator_for(learner.seed, name)
    with seeded(generator):
        network = new_head(learner.settings, learner.classes, inputs[0].shape[1])
        train_head(
            network,
            samples,
            learner.settings.head,
            generator=generator,
            device=learner.device,
            progress=learner.progress,
            name=name,
        )
    return network


def _sample(
    video: TrainingVideo, frames: Float32[np.ndarray, "t i"], classes: ClassList
) -> HeadSample:
    target = frame_targets(video.labels(classes.channels))
    return head_sample(frames, target, video.truth.segments, video.features.times_s)


def _windows(
    videos: Sequence[TrainingVideo], placements: Sequence[Placement], learner: Learner
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Read back the windows of all frames: means and spreads."""
    windows = []
    for index, (video, place) in enumerate(zip(videos, placements, strict=True)):
        learner.progress("read back", index, len(videos), video.entry.video_id)
        imprint = imprint_of(video.features, place, learner.device)
        windows.append(read_back(imprint, place))
    return windows


def _fitted(cells: Sequence[np.ndarray], learner: Learner) -> Projection:
    """Learn a projection as the frames' is."""
    settings = learner.settings.descriptor
    return fit_projection(
        np.concatenate(cells), settings.dimensions, power=settings.power
    )
