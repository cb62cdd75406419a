"""Pretrained networks whose last convolutional map describes a frame.

The path needs nothing of a backbone but the `Backbone` protocol, so that another
network is one class here. The default, EfficientNet-Lite0 with ImageNet weights,
comes inside a registry package: nothing is downloaded at run time. (The paper uses
BN-Inception, AUTHOR's with Kinetics weights; see METHOD section 2.1. What this
changes is said wherever figures are shown.)
"""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float32, UInt8

INPUT_SIZE = 224


@runtime_checkable
class Backbone(Protocol):
    """A frozen network from frames to 7 x 7 feature maps."""

    @property
    def name(self) -> str:
        """Network and weights; part of every cache key and of run.json."""

    @property
    def dimensions(self) -> int:
        """Number of channels of the map."""

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 3"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map RGB frames to features."""
