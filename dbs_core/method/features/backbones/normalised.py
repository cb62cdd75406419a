"""A network of another package as a backbone: normalise, look, channels last."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import nn

from dbs_core.method.features.backbone import INPUT_SIZE, as_they_are
from dbs_core.runtime.errors import InputError

Look = Callable[[torch.Tensor], torch.Tensor]


class NormalisedNetwork:
    """A frozen network that sees (rgb / 255 - mean) / std."""

    channels = 3
    prepared = staticmethod(as_they_are)

    def __init__(
        self,
        name: str,
        network: nn.Module,
        look: Look,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        device: torch.device | str,
    ) -> None:
        """Freeze the network and find out what its map is like.

        Args:
            name: network and weights.
            network: the network, whose weights `look` uses.
            look: normalised frames [b, 3, 224, 224] to the map [b, d, h, w].
            mean: of each colour, as the weights expect; rgb in [0, 1].
            std: likewise.
            device: cpu or cuda.

        Raises:
            InputError: it takes no 224 x 224 picture, or gives no map.
        """
        self.name, self.module = name, network
        self._device = torch.device(device)
        network.eval().requires_grad_(False)
        network.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._look = look
        self._mean = torch.tensor(mean, device=self._device)[:, None, None]
        self._std = torch.tensor(std, device=self._device)[:, None, None]
        self.dimensions = self._tried()

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 3"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map RGB frames to features."""
        pixels = torch.from_numpy(np.ascontiguousarray(frames)).to(self._device)
        with torch.inference_mode():
            return self.map_pixels(pixels).contiguous()

    def map_pixels(
        self, pixels: UInt8[torch.Tensor, "b 224 224 3"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Map RGB frames that are where the network is."""
        scaled = pixels.permute(0, 3, 1, 2).float().div_(255)
        maps = self._look(scaled.sub_(self._mean).div_(self._std))
        return maps.permute(0, 2, 3, 1)

    def _tried(self) -> int:
        """Look at one black frame; give the number of channels."""
        frame = np.zeros((1, INPUT_SIZE, INPUT_SIZE, 3), np.uint8)
        try:
            return int(self(frame).shape[-1])
        except InputError:
            raise
        # Whatever a foreign network says of pictures it was not made for.
        except Exception as error:
            raise InputError(
                f"cannot be used ({error})",
                where=self.name,
                wanted=f"a network that maps {INPUT_SIZE} x {INPUT_SIZE} pictures",
                cure="choose another network",
            ) from error


def is_map(output: object) -> bool:
    """Say whether an output is a feature map: [b, d, h, w] with more than one cell."""
    if not isinstance(output, torch.Tensor) or output.ndim != 4:
        return False
    # While a network is traced, sizes are tensors.
    return min(int(side) for side in output.shape[2:]) > 1
