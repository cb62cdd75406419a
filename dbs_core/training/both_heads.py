"""Learning the temporal heads of a run: one on its imprints, one on frames alone.

Both from the same whole videos, with the same network, loss and seed; they differ in
what they see.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.method.backprojection.annotation_maps import frame_targets
from dbs_core.method.control import Control, pooled
from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.head_input import (
    ReadBack,
    frame_input,
    imprint_input,
    read_back,
)
from dbs_core.method.features.projection import Projection, fit_projection
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.model import Head, new_head
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList, Placement
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import generator_for, seeded
from dbs_core.training.head import HeadSample, head_sample, train_head
from dbs_core.training.videos import TrainingVideo

Inputs = list[Float32[np.ndarray, "_ i"]]
Placed = Sequence[tuple[TrainingVideo, Placement]]


def learn_heads(
    placed: Placed,
    control: Control,
    classes: ClassList,
    settings: Settings,
    *,
    seed: int,
    device: str = "cpu",
    progress: Progress,
) -> tuple[Head, TemporalHead]:
    """Train the head on imprints, and its control.

    Args:
        placed: whole training videos with their placements.
        control: its projection describes the frames for both.
        classes: of the run.
        settings: of the run.
        seed: of the run.
        device: where to train, and where imprints are made.
        progress: told about each epoch.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    described = [_described(video, control) for video, _ in placed]

    def train(name: str, inputs: Inputs) -> TemporalHead:
        samples = [
            _sample(video, frames, classes)
            for (video, _), frames in zip(placed, inputs, strict=True)
        ]
        generator = generator_for(seed, name)
        with seeded(generator):
            network = new_head(settings, classes, inputs[0].shape[1])
            train_head(
                network,
                samples,
                settings.head,
                generator=generator,
                device=device,
                progress=progress,
                name=name,
            )
        return network

    readback = _readback(placed, settings, device, progress)
    inputs = [
        imprint_input(
            frames, imprint_of(video.features, place, device), place, readback
        )
        for (video, place), frames in zip(placed, described, strict=True)
    ]
    head = Head(readback, train("head", inputs))
    return head, train("control head", [frame_input(frames) for frames in described])


def _described(video: TrainingVideo, control: Control) -> Float32[np.ndarray, "t r"]:
    return control.describe(torch.from_numpy(pooled(video.features))).numpy()


def _sample(
    video: TrainingVideo, frames: Float32[np.ndarray, "t i"], classes: ClassList
) -> HeadSample:
    target = frame_targets(video.labels(classes.channels))
    return head_sample(frames, target, video.truth.segments, video.features.times_s)


def _readback(
    placed: Placed, settings: Settings, device: str, progress: Progress
) -> ReadBack:
    """Learn the projections of window means and spreads, as the frames' is."""
    both: list[tuple[np.ndarray, np.ndarray]] = []
    for index, (video, place) in enumerate(placed):
        progress("read back", index, len(placed), video.entry.video_id)
        both.append(read_back(imprint_of(video.features, place, device), place))

    def project(part: int) -> Projection:
        cells = np.concatenate([one[part] for one in both])
        return fit_projection(
            cells, settings.descriptor.dimensions, power=settings.descriptor.power
        )

    return ReadBack(project(0), project(1))
