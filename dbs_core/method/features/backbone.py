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
from torch import nn

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


@runtime_checkable
class PyTorchBackbone(Backbone, Protocol):
    """A backbone of PyTorch, taken apart so that others than PyTorch can run it.

    Calling it is `prepared`, then `map_pixels`.
    """

    @property
    def module(self) -> nn.Module | None:
        """The network; None where there is none to be had."""

    @property
    def channels(self) -> int:
        """Of the frames."""

    def prepared(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> UInt8[np.ndarray, "b 224 224 shown"]:
        """Give the pictures that the network gets to see of frames."""

    def map_pixels(
        self, pixels: UInt8[torch.Tensor, "b 224 224 shown"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map pictures to features, scaling and layout included."""


def as_they_are(
    frames: UInt8[np.ndarray, "b 224 224 channels"],
) -> UInt8[np.ndarray, "b 224 224 channels"]:
    """Give the frames themselves: what most networks see of them."""
    return frames
