"""The control that the paper leaves out: a per-frame classifier without imprint.

A small MLP on the frame's pooled descriptor, trained on the same frames and given to
the same proposals, refinement and evaluation. What the imprint gives or costs is the
difference (METHOD section 10, point 4).
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import nn
from torch.nn import functional as F

from dbs_core.progress import SILENT, Progress
from dbs_core.records import Features, FrameScores


@dataclass(frozen=True)
class ControlSettings:
    """The classifier and its training."""

    hidden: int = 256
    dropout: float = 0.5
    epochs: int = 30
    batch: int = 256
    learning_rate: float = 1e-3


class FrameClassifier(nn.Module):
    """Pooled descriptors to class logits: one hidden layer."""

    def __init__(
        self, *, dimensions: int, channels: int, hidden: int, dropout: float
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(dimensions, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, channels),
        )

    def forward(self, pooled: Float[torch.Tensor, "n d"]) -> Float[torch.Tensor, "n c"]:
        """Give logits."""
        return self.layers(pooled)


def pooled(features: Features) -> Float32[np.ndarray, "t d"]:
    """Average each frame's map over its cells, in bounded pieces."""
    parts = [
        np.asarray(features.maps[first : first + 256], np.float32).mean(axis=(1, 2))
        for first in range(0, len(features), 256)
    ]
    return np.concatenate(parts)


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


def classify(
    classifier: FrameClassifier,
    descriptors: Float32[np.ndarray, "t d"],
    times_s: Float[np.ndarray, " t"],
    duration_s: float,
) -> FrameScores:
    """Score the frames of one video."""
    classifier.eval()
    with torch.inference_mode():
        probability = classifier(torch.from_numpy(descriptors)).softmax(dim=1)
    return FrameScores(probability.numpy(), times_s, duration_s)
