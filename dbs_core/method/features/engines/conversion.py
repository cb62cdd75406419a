"""A backbone of PyTorch as a network of OpenVINO, with both maps as its outputs.

The module is traced as it is, scaling and layout included, at a fixed number of frames,
and what comes out is tried against the backbone itself before anybody relies on it.
"""

import warnings
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from torch import nn

from dbs_core.method.features.backbone import INPUT_SIZE, PyTorchBackbone
from dbs_core.method.features.engines.engine import Engine, half
from dbs_core.method.features.engines.openvino_package import Unusable, openvino
from dbs_core.method.features.fine_layer import fine_layer

BATCH = 16
"""Frames a pass: OpenVINO is fastest where every shape is known beforehand."""
FURTHEST = 1e-2
"""Of the maps' standard deviation: how far a conversion may be from the backbone."""
ROUNDED = 2e-3
"""Of the largest number: what rounding to float16 may add."""


class BothMaps(nn.Module):
    """A network from pictures in bytes to its last map, and to the finer one."""

    def __init__(self, network: PyTorchBackbone) -> None:
        super().__init__()
        self.network, self._map_pixels = network.module, network.map_pixels
        self._layer = fine_layer(network)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map pictures [b, 224, 224, c] to [b, h, w, d], twice as fine where it can."""
        if self._layer is None:
            return self._map_pixels(pixels)
        with self._layer.overhearing() as heard:
            maps = self._map_pixels(pixels)
        return maps, heard[-1]


def converted(network: PyTorchBackbone) -> Any:
    """Convert a backbone, at BATCH frames.

    Raises:
        Unusable: OpenVINO is not there, or does not take this network; or what it made
            gives other maps.
    """
    openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    pixels = network.prepared(noise(network))
    try:
        # Tracing warns of every size that is looked at: sizes are fixed here.
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            traced = TorchScriptPythonDecoder(
                BothMaps(network).eval(),
                example_input=(torch.from_numpy(pixels),),
                trace_kwargs={"check_trace": False},
            )
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(traced))
        model.reshape(list(pixels.shape))
        # Names count on through the life of a process: the same network, other bytes.
        model.set_friendly_name("network")
        for number, step in enumerate(model.get_ordered_ops()):
            step.set_friendly_name(f"step{number}")
    # Whatever a foreign network makes PyTorch or OpenVINO say.
    except Exception as error:
        raise Unusable(f"it cannot be converted ({_first_line(error)})") from error
    return model


def noise(network: PyTorchBackbone) -> UInt8[np.ndarray, "b 224 224 channels"]:
    """Give BATCH frames of noise."""
    size = (BATCH, INPUT_SIZE, INPUT_SIZE, network.channels)
    return np.random.default_rng(0).integers(0, 256, size, np.uint8)


def require_alike(network: PyTorchBackbone, engine: Engine) -> None:
    """Check that a conversion gives the network's own maps.

    It does not of one that decides by what it sees, for a trace holds one way only.

    Raises:
        Unusable: it gives others.
    """
    frames = noise(network)
    wanted, got = half(network(frames)).astype(np.float32), engine(frames).maps
    if wanted.shape != got.shape:
        raise Unusable("converted, it gives maps of another shape")
    far = np.abs(wanted - got).max()
    if not far <= FURTHEST * wanted.std() + ROUNDED * np.abs(wanted).max():
        raise Unusable("converted, it gives other maps")


def _first_line(error: BaseException) -> str:
    """Give the first line of what PyTorch or OpenVINO says, without its wrapping."""
    lines = str(error.__cause__ or error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:120]
