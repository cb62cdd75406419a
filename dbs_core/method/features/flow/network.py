"""An RGB network on motion: a flow stack in, a feature map out.

`StackBackbone` is TSN's cross-modality initialisation (METHOD section 2.1): the first
convolution's weights, averaged over the colours, stand at each of the ten channels.
TSN then trains the network on flow; here it stays frozen, and what it sees is the sum
of all motion as a grey picture. `PictureBackbone` shows the unchanged network a picture
of the motion instead: rightward, downward, and how much, averaged over the five pairs.
"""

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import nn

from dbs_core.method.features.backbone import Backbone, PyTorchBackbone, as_they_are
from dbs_core.method.features.backbones.efficientnet import EfficientNetLite0, sliced
from dbs_core.method.features.flow.stacks import CHANNELS, STILL
from dbs_core.method.features.settings import FlowInput, FlowMethod
from dbs_core.runtime.errors import InputError

COLOURS = 3
SCALE = 128
"""Bytes to the network's range: 128 is 0, as its own (rgb - 127) / 128."""
GAIN = 4.0
"""Of the picture: motion of 5 pixels a frame is as bright as it gets."""
GREY = 127
"""The picture's byte of no motion: 0 to the network."""


class StackBackbone:
    """EfficientNet-Lite0 that sees flow stacks of 10 channels, float32."""

    prepared = staticmethod(as_they_are)

    def __init__(self, rgb: EfficientNetLite0, method: FlowMethod) -> None:
        """Take over an RGB backbone; it cannot be used for RGB afterwards.

        Args:
            rgb: the pretrained network.
            method: how the flow was found, a part of the name.
        """
        self.name = f"{rgb.name}-flow-{method}-stack"
        self.dimensions = rgb.dimensions
        self.channels, self.module = CHANNELS, rgb.network
        self._rgb = rgb
        cross_modality(rgb.network, CHANNELS)

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 10"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map flow stacks (for frames) to features."""
        return sliced(self.map_pixels, frames, self._rgb.device)

    def map_pixels(
        self, pixels: UInt8[torch.Tensor, "b 224 224 10"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map flow stacks at once."""
        return self._rgb.maps(
            pixels.permute(0, 3, 1, 2).float().sub_(STILL).div_(SCALE)
        )


class PictureBackbone:
    """Any RGB backbone, looking at pictures of motion."""

    def __init__(self, rgb: Backbone, method: FlowMethod) -> None:
        self.name = f"{rgb.name}-flow-{method}-picture"
        self.dimensions = rgb.dimensions
        self.channels, self.module = CHANNELS, getattr(rgb, "module", None)
        self._rgb = rgb

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 10"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map flow stacks (for frames) to features."""
        return self._rgb(self.prepared(frames))

    def prepared(
        self, frames: UInt8[np.ndarray, "b 224 224 10"]
    ) -> UInt8[np.ndarray, "b 224 224 3"]:
        """Give the pictures of flow stacks."""
        return motion_picture(frames)

    def map_pixels(
        self, pixels: UInt8[torch.Tensor, "b 224 224 3"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map pictures of motion; of networks of PyTorch (`module`) only."""
        assert isinstance(self._rgb, PyTorchBackbone)
        return self._rgb.map_pixels(pixels)


def flow_backbone(rgb: Backbone, method: FlowMethod, shown: FlowInput) -> Backbone:
    """Make a network pretrained on RGB see flow stacks.

    Raises:
        InputError: a stack is wanted of a network whose weights are not known here.
    """
    if shown == "picture":
        return PictureBackbone(rgb, method)
    if not isinstance(rgb, EfficientNetLite0):
        raise InputError(
            "no flow stack with this backbone",
            wanted=EfficientNetLite0.name,
            got=rgb.name,
            cure="use --flow-input picture, or the default backbone",
        )
    return StackBackbone(rgb, method)


def cross_modality(network: nn.Module, channels: int) -> None:
    """Let a network's first convolution take other channels than red, green, blue.

    Each gets the average of the three; bias and scale stay (TSN).

    Raises:
        ValueError: the network has no convolution of three channels.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.in_channels == COLOURS:
            average = module.weight.data.mean(dim=1, keepdim=True)
            repeated = average.repeat(1, channels, 1, 1)
            repeated = repeated.contiguous(memory_format=torch.channels_last)
            module.weight = nn.Parameter(repeated, requires_grad=False)
            module.in_channels = channels
            return
    raise ValueError("network: wanted a convolution of 3 channels, got none")


def motion_picture(
    stacks: UInt8[np.ndarray, "b height width 10"],
) -> UInt8[np.ndarray, "b height width 3"]:
    """Show the mean motion of each stack as colours.

    Red is rightward, green downward, blue the length; grey is no motion.
    """
    x = stacks[..., 0::2].mean(axis=-1, dtype=np.float32) - STILL
    y = stacks[..., 1::2].mean(axis=-1, dtype=np.float32) - STILL
    motion = np.stack([x, y, np.hypot(x, y)], axis=-1)
    return np.clip(np.rint(GREY + GAIN * motion), 0, 255).astype(np.uint8)
