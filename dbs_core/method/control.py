"""The control that the paper leaves out: a per-frame classifier without imprint.

A small MLP on the frame's pooled descriptor, trained on the same frames and given to
the same proposals, refinement and evaluation. What the imprint gives or costs is the
difference (METHOD section 10, point 4).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import nn

from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.method.features.projection import Projection
from dbs_core.records import Features, FrameScores

CHUNK = 256


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


@dataclass(frozen=True, eq=False)
class Control:
    """The per-frame classifier with the projection of its pooled descriptors.

    `head` is the temporal head on these descriptors alone, where a run has heads.
    """

    describe: Projection
    classifier: FrameClassifier
    head: HeadNetwork | None = None


def activation_maps(
    features: Features, control: Control
) -> Float32[np.ndarray, "t h w c"]:
    """Classify every cell of every frame, in bounded pieces."""
    control.classifier.eval()
    parts = []
    with torch.inference_mode():
        for first in range(0, len(features), CHUNK):
            maps = np.array(features.maps[first : first + CHUNK], np.float32)
            described = control.describe(torch.from_numpy(maps))
            logits = control.classifier(described.flatten(0, 2))
            parts.append(logits.softmax(dim=1).reshape(*maps.shape[:3], -1).numpy())
    return np.concatenate(parts)


def pooled(features: Features) -> Float32[np.ndarray, "t d"]:
    """Average each frame's map over its cells, in bounded pieces."""
    parts = [
        np.asarray(features.maps[first : first + 256], np.float32).mean(axis=(1, 2))
        for first in range(0, len(features), 256)
    ]
    return np.concatenate(parts)


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


def describe_frames(features: Features, control: Control) -> Float32[np.ndarray, "t r"]:
    """Describe the pooled frames: what control and heads see of them."""
    return control.describe(torch.from_numpy(pooled(features))).numpy()


def control_scores(
    described: Float32[np.ndarray, "t r"],
    frames: FrameScores,
    control: Control,
    smoothing: float,
) -> FrameScores:
    """Score the frames without imprint, smoothed alike; `frames` for their times."""
    scores = classify(control.classifier, described, frames.times_s, frames.duration_s)
    return smooth(replace(scores, lead_s=frames.lead_s), smoothing)
