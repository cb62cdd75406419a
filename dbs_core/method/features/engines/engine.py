"""What an engine is: frames to both maps of a network, at float16."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float16, UInt8


class NetworkOutput(NamedTuple):
    """What a network makes of frames."""

    maps: Float16[np.ndarray, "b h w d"]
    fine: Float16[np.ndarray, "b tall wide d2"] | None
    """Its earlier, finer map; None of a network without one."""


@runtime_checkable
class Engine(Protocol):
    """Takes frames through one network; several threads may call it at once."""

    @property
    def fine(self) -> bool:
        """Whether there is a finer map."""

    @property
    def workers(self) -> int:
        """How many batches it can have in work at once."""

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> NetworkOutput:
        """Map frames."""


def half(maps: torch.Tensor) -> np.ndarray:
    """Round a map as it is kept; what float16 does not reach is infinite."""
    return maps.half().cpu().numpy()
