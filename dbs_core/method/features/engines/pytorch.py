"""PyTorch as the engine: any backbone, on any device, always there."""

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.engines.engine import NetworkOutput, half
from dbs_core.method.features.fine_layer import FineLayer, fine_layer
from dbs_core.runtime.threads import idle_workers


class PyTorchEngine:
    """Calls the backbone itself, and listens to its finer layer."""

    def __init__(self, network: Backbone, *, side_by_side: bool = False) -> None:
        """Take a backbone.

        Args:
            network: what to call.
            side_by_side: whether cores that one batch leaves idle take the next ones.
        """
        self._network, self._side_by_side = network, side_by_side

    @property
    def workers(self) -> int:
        """As many as cores are allowed for, where they may take batches."""
        return idle_workers() if self._side_by_side else 1

    @property
    def fine(self) -> bool:
        """Whether the network has a finer map."""
        return self._layer is not None

    @cached_property
    def _layer(self) -> FineLayer | None:
        return fine_layer(self._network)

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> NetworkOutput:
        """Map frames."""
        listening: AbstractContextManager[list[np.ndarray]]
        listening = self._layer.listening() if self._layer else nullcontext([])
        with listening as heard:
            maps = self._network(frames)
        return NetworkOutput(half(maps), np.concatenate(heard) if heard else None)
