"""Training of the control on the same frames."""

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional as F

from dbs_core.method.backprojection.annotation_maps import frame_targets
from dbs_core.method.control import Control, FrameClassifier, pooled
from dbs_core.method.model import new_classifier
from dbs_core.method.segmentation.settings import ControlSettings
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.seeds import generator_for, seeded
from dbs_core.training.learner import Learner, teaches
from dbs_core.training.projections import describer
from dbs_core.training.videos import TrainingVideo


def train_classifier(
    classifier: FrameClassifier,
    descriptors: Float32[np.ndarray, "n d"],
    targets: Float32[np.ndarray, "n c"],
    settings: ControlSettings,
    *,
    generator: torch.Generator,
    progress: Progress = SILENT,
) -> None:
    """Train in place on labelled frames; rows of zeros (ambiguous) are left out."""
    known = targets.sum(axis=1) > 0
    x = torch.from_numpy(descriptors[known])
    y = torch.from_numpy(targets[known])
    optimiser = torch.optim.Adam(classifier.parameters(), lr=settings.learning_rate)
    classifier.train()
    for epoch in range(settings.epochs):
        progress("control", epoch, settings.epochs)
        order = torch.randperm(len(x), generator=generator)
        for chosen in order.split(settings.batch):
            logits = classifier(x[chosen])
            loss = -(y[chosen] * F.log_softmax(logits, dim=1)).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def train_control(
    videos: Sequence[TrainingVideo], learner: Learner
) -> tuple[Control, list[Float32[np.ndarray, "_ r"]]]:
    """Train the control on the frames that teach the FCN.

    Gives it with the frames of each video as it describes them, which heads see too.
    """
    pool = [pooled(video.features) for video in videos]
    whole = [f for f, video in zip(pool, videos, strict=True) if video.whole]
    describe = describer(np.concatenate(whole), learner)
    described = [describe(torch.from_numpy(frames)).numpy() for frames in pool]
    taught = [teaches(video, learner) for video in videos]
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
            np.concatenate(list(itertools.compress(described, taught))),
            np.concatenate(targets),
            learner.settings.control,
            generator=generator,
            progress=learner.progress,
        )
    return Control(describe, classifier.eval()), described
