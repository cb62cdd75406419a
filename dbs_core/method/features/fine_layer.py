"""An earlier, finer map of a network, taken while it looks at frames.

Which layer it is, one black frame tells: of the parts of the network that give a map of
twice as many cells a side as its last one, the last. So it is found in any network of
PyTorch, and none needs to be written for it; a network without one gives none.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from dbs_core.method.features.backbone import INPUT_SIZE, Backbone


class FineLayer:
    """Listens to a layer; several threads may look at frames at once."""

    def __init__(self, layer: nn.Module, side: int) -> None:
        self._layer, self._side = layer, side
        self._heard = threading.local()
        layer.register_forward_hook(self._hear)

    def _hear(self, layer: nn.Module, given: object, output: object) -> None:
        parts = getattr(self._heard, "parts", None)
        if parts is not None and _side(output) == self._side:
            assert isinstance(output, torch.Tensor)
            parts.append(output.permute(0, 2, 3, 1).half().cpu().numpy())

    @contextmanager
    def listening(self) -> Iterator[list[np.ndarray]]:
        """Give a list that fills with [b, h, w, d] as the network looks at frames."""
        parts: list[np.ndarray] = []
        self._heard.parts = parts
        try:
            yield parts
        finally:
            self._heard.parts = None

    @contextmanager
    def overhearing(self) -> Iterator[list[torch.Tensor]]:
        """Give a list that fills with the layer's own outputs, seen as [b, h, w, d].

        For one thread at a time: whoever else looks at frames is heard too.
        """
        heard: list[torch.Tensor] = []

        def keep(layer: nn.Module, given: object, output: object) -> None:
            if isinstance(output, torch.Tensor) and _side(output) == self._side:
                heard.append(output.permute(0, 2, 3, 1))

        hook = self._layer.register_forward_hook(keep)
        try:
            yield heard
        finally:
            hook.remove()


def fine_layer(network: Backbone) -> FineLayer | None:
    """Find the layer of a network; None where there is none to be found."""
    module = getattr(network, "module", None)
    if not isinstance(module, nn.Module):
        return None
    ended: list[tuple[nn.Module, int]] = []

    def note(layer: nn.Module, given: object, output: object) -> None:
        ended.append((layer, _side(output)))

    hooks = [layer.register_forward_hook(note) for layer in module.modules()]
    try:
        channels = getattr(network, "channels", 3)
        maps = network(np.zeros((1, INPUT_SIZE, INPUT_SIZE, channels), np.uint8))
    finally:
        for hook in hooks:
            hook.remove()
    side = 2 * maps.shape[1]
    fine = [layer for layer, found in ended if found == side]
    # A block's end, if it has blocks: what comes after is on its way to fewer cells.
    whole = [layer for layer in fine if _is_block(layer)]
    chosen = next(reversed(whole or fine), None)
    return FineLayer(chosen, side) if chosen is not None else None


def _is_block(layer: nn.Module) -> bool:
    """Say whether it is more than a convolution: its parts have weights."""
    return any(next(part.parameters(), None) is not None for part in layer.children())


def _side(output: object) -> int:
    """Give the cells a side of a square map, channels first; 0 of all else."""
    if not isinstance(output, torch.Tensor) or output.ndim != 4:
        return 0
    height, width = output.shape[2:]
    return int(height) if height == width else 0
