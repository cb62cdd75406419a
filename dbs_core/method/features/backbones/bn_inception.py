"""TSN's BN-Inception (METHOD section 2.1) from a checkpoint file of the user's.

Ioffe and Szegedy's network of 2015 with the layer names of TSN's Caffe model, which
its PyTorch conversions kept. The map is `inception_5b/output`: 7 x 7 x 1024, not
negative. Checkpoints of RGB (3 channels, BGR minus a mean) and of flow stacks (10
channels, bytes minus 128) are told apart by their first convolution.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from dbs_core.method.features.backbone import as_they_are
from dbs_core.method.features.backbones.checkpoint import fill, read_weights
from dbs_core.runtime.errors import InputError

BGR_MEAN = (104.0, 117.0, 123.0)
"""TSN's and AUTHOR's, of bytes in the order blue, green, red."""
FLOW_MEAN = 128.0
"""Byte of no motion."""
RGB_CHANNELS, FLOW_CHANNELS = 3, 10
DIMENSIONS = 1024
FIRST = "conv1_7x7_s2"

_BLOCKS = {
    # 1x1; 3x3 after its reduction; double 3x3 after its reduction; pool, projection
    "3a": (64, (64, 64), (64, 96), "avg", 32),
    "3b": (64, (64, 96), (64, 96), "avg", 64),
    "3c": (0, (128, 160), (64, 96), "pass", 0),
    "4a": (224, (64, 96), (96, 128), "avg", 128),
    "4b": (192, (96, 128), (96, 128), "avg", 128),
    "4c": (160, (128, 160), (128, 160), "avg", 128),
    "4d": (96, (128, 192), (160, 192), "avg", 128),
    "4e": (0, (128, 192), (192, 256), "pass", 0),
    "5a": (352, (192, 320), (160, 224), "avg", 128),
    "5b": (352, (192, 320), (192, 224), "max", 128),
}
"""Channels of each inception block. "pass" halves the map and passes its input on."""


class BNInception(nn.Module):
    """The network up to its last map; attributes are named as TSN's layers."""

    def __init__(self, channels: int = RGB_CHANNELS) -> None:
        """Build the layers.

        Args:
            channels: of the input: 3 colours, or 10 of a flow stack.
        """
        super().__init__()
        self._add(FIRST, channels, 64, 7, stride=2)
        self._add("conv2_3x3_reduce", 64, 64, 1)
        self._add("conv2_3x3", 64, 192, 3)
        width = 192
        for block in _BLOCKS:
            width = self._add_block(block, width)

    def _add(
        self, name: str, wide_in: int, wide_out: int, kernel: int, stride: int = 1
    ) -> None:
        """Add a convolution and its batch norm under TSN's names."""
        convolution = nn.Conv2d(
            wide_in, wide_out, kernel, stride=stride, padding=kernel // 2
        )
        self.add_module(name, convolution)
        self.add_module(f"{name}_bn", nn.BatchNorm2d(wide_out))

    def _add_block(self, block: str, width: int) -> int:
        """Add an inception block; gives the number of channels it ends with."""
        single, (reduce3, wide3), (reduce5, wide5), pool, projection = _BLOCKS[block]
        name, stride = f"inception_{block}", 2 if pool == "pass" else 1
        if single:
            self._add(f"{name}_1x1", width, single, 1)
        self._add(f"{name}_3x3_reduce", width, reduce3, 1)
        self._add(f"{name}_3x3", reduce3, wide3, 3, stride)
        self._add(f"{name}_double_3x3_reduce", width, reduce5, 1)
        self._add(f"{name}_double_3x3_1", reduce5, wide5, 3)
        self._add(f"{name}_double_3x3_2", wide5, wide5, 3, stride)
        if projection:
            self._add(f"{name}_pool_proj", width, projection, 1)
        return single + wide3 + wide5 + (projection or width)

    def forward(
        self, pictures: Float32[torch.Tensor, "b channels height width"]
    ) -> Float32[torch.Tensor, "b 1024 h w"]:
        """Give `inception_5b/output`."""
        x = _halved(self._unit(FIRST, pictures))
        x = self._unit("conv2_3x3", self._unit("conv2_3x3_reduce", x))
        x = _halved(x)
        for block in _BLOCKS:
            x = self._block(block, x)
        return x

    def _unit(self, name: str, x: torch.Tensor) -> torch.Tensor:
        convolution, norm = self._modules[name], self._modules[f"{name}_bn"]
        assert convolution is not None
        assert norm is not None
        return F.relu(norm(convolution(x)))

    def _block(self, block: str, x: torch.Tensor) -> torch.Tensor:
        single, _, _, pool, projection = _BLOCKS[block]
        name = f"inception_{block}"
        branches = [self._unit(f"{name}_1x1", x)] if single else []
        branches.append(self._chain(x, f"{name}_3x3_reduce", f"{name}_3x3"))
        double = f"{name}_double_3x3"
        branches.append(
            self._chain(x, f"{double}_reduce", f"{double}_1", f"{double}_2")
        )
        pooled = _POOLS[pool](x)
        if projection:
            pooled = self._unit(f"{name}_pool_proj", pooled)
        return torch.cat([*branches, pooled], dim=1)

    def _chain(self, x: torch.Tensor, *names: str) -> torch.Tensor:
        for name in names:
            x = self._unit(name, x)
        return x

    def fold_batch_norms(self) -> None:
        """Fuse each convolution with its batch norm: the same figures, faster."""
        for name in [n for n in self._modules if f"{n}_bn" in self._modules]:
            convolution, norm = getattr(self, name), getattr(self, f"{name}_bn")
            setattr(self, name, fuse_conv_bn_eval(convolution, norm))
            setattr(self, f"{name}_bn", nn.Identity())


class BNInceptionFile:
    """BN-Inception with the weights of a file, as a backbone.

    `channels` says what it sees: 3 are RGB frames, 10 a stack of 5 flows (x and y).
    """

    dimensions = DIMENSIONS
    prepared = staticmethod(as_they_are)

    def __init__(self, file: Path, device: torch.device | str = "cpu") -> None:
        """Read the weights; nothing in the file is run.

        Raises:
            InputError: no such file, no weights in it, or those of another network.
        """
        weights = read_weights(file)
        self.channels = _channels(weights, file)
        network = BNInception(self.channels).eval()
        fill(network, weights, file)
        network.requires_grad_(False)
        network.fold_batch_norms()
        self.name = f"bn-inception-{self.channels}ch-{_digest(file)}"
        self._device = torch.device(device)
        self._network = network.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def module(self) -> nn.Module:
        """The network, to listen to its layers."""
        return self._network

    def see(self, stream: str, flow_method: str) -> None:
        """Check that the weights are of a stream; flow's method joins the name.

        Raises:
            InputError: RGB weights for the flow stream, or the reverse.
        """
        wanted = RGB_CHANNELS if stream == "rgb" else FLOW_CHANNELS
        if self.channels != wanted:
            raise InputError(
                f"weights of another stream than {stream}",
                where=self.name,
                wanted=f"{wanted} channels in {FIRST}",
                got=self.channels,
                cure="name the checkpoint of this stream",
            )
        if stream == "flow":
            self.name += f"-{flow_method}"

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map RGB frames, or flow stacks, to features."""
        if frames.shape[-1] != self.channels:
            raise InputError(
                "weights of another stream",
                where=self.name,
                wanted=f"{self.channels} channels",
                got=frames.shape[-1],
            )
        pixels = torch.from_numpy(np.ascontiguousarray(frames)).to(self._device)
        with torch.inference_mode():
            return self.map_pixels(pixels)

    def map_pixels(
        self, pixels: UInt8[torch.Tensor, "b 224 224 channels"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map frames, or flow stacks, that are where the network is."""
        scaled = self._scaled(pixels.permute(0, 3, 1, 2).float())
        return self._network(scaled).permute(0, 2, 3, 1)

    def _scaled(
        self, pixels: Float32[torch.Tensor, "b channels height width"]
    ) -> Float32[torch.Tensor, "b channels height width"]:
        """RGB bytes to BGR minus its mean, flow bytes to motion (TSN)."""
        if self.channels != RGB_CHANNELS:
            return pixels - FLOW_MEAN
        mean = torch.tensor(BGR_MEAN, device=self._device)[:, None, None]
        return (pixels.flip(1) - mean).contiguous(memory_format=torch.channels_last)


def _halved(x: torch.Tensor) -> torch.Tensor:
    """Caffe's max pooling 3 / 2: partial windows at the far edges count."""
    return F.max_pool2d(x, 3, stride=2, ceil_mode=True)


_POOLS = {
    "avg": lambda x: F.avg_pool2d(x, 3, stride=1, padding=1),
    "max": lambda x: F.max_pool2d(x, 3, stride=1, padding=1),
    "pass": _halved,
}


def _channels(weights: dict[str, torch.Tensor], file: Path) -> int:
    first = weights.get(f"{FIRST}.weight")
    channels = first.shape[1] if first is not None and first.ndim == 4 else 0
    if channels not in (RGB_CHANNELS, FLOW_CHANNELS):
        raise InputError(
            "no BN-Inception checkpoint",
            where=file,
            wanted=f"{FIRST}.weight of 3 (RGB) or 10 (flow) channels",
            got=f"shape {tuple(first.shape)}" if first is not None else "none",
            cure="give a state dict of TSN's BN-Inception, converted from Caffe",
        )
    return int(channels)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:12]
