"""Learning the temporal heads of a run: one on its imprints, one on frames alone.

Both from the same whole videos, with the same network, loss and seed; they differ in
what they see.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import frame_targets
from dbs_core.method.control import Control, describe_frames
from dbs_core.method.detection.head_input import (
    ReadBack,
    frame_input,
    imprint_input,
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

Inputs = list[Float32[np.ndarray, "_ i"]]
Placed = Sequence[tuple[TrainingVideo, Placement]]


def learn_heads(
    placed: Placed, control: Control, learner: Learner
) -> tuple[Head, HeadNetwork]:
    """Train the head on imprints, and its control.

    Args:
        placed: whole training videos with their placements.
        control: its projection describes the frames for both.
        learner: classes, settings, seed and device of the run.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    videos = [video for video, _ in placed]
    described = [describe_frames(video.features, control) for video in videos]
    readback = _readback(placed, learner)
    inputs = [
        imprint_input(
            frames, imprint_of(video.features, place, learner.device), place, readback
        )
        for (video, place), frames in zip(placed, described, strict=True)
    ]
    head = Head(readback, learn_head("head", videos, inputs, learner))
    alone = [frame_input(frames) for frames in described]
    return head, learn_head("control head", videos, alone, learner)


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


def _readback(placed: Placed, learner: Learner) -> ReadBack:
    """Learn the projections of window means and spreads, as the frames' is."""
    both: list[tuple[np.ndarray, np.ndarray]] = []
    for index, (video, place) in enumerate(placed):
        learner.progress("read back", index, len(placed), video.entry.video_id)
        imprint = imprint_of(video.features, place, learner.device)
        both.append(read_back(imprint, place))

    settings = learner.settings

    def project(part: int) -> Projection:
        cells = np.concatenate([one[part] for one in both])
        return fit_projection(
            cells, settings.descriptor.dimensions, power=settings.descriptor.power
        )

    return ReadBack(project(0), project(1))
