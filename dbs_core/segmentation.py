"""The fully convolutional network that labels each cell of an imprint.

PAPER Table 2 and METHOD section 4: C1-C4 are one to four 3 x 3 layers, F3 three
1 x 1 layers, all of the input's width, ReLU between, softmax over classes and
background at the end. No pooling: the grid is small. Padding is circular, since the
grid is a torus.
"""

import itertools
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import nn

from dbs_core.records import GridScores

Architecture = Literal["C1", "C2", "C3", "C4", "F3"]


class ImprintFCN(nn.Module):
    """Descriptors of a grid to class logits of each cell."""

    def __init__(
        self,
        *,
        architecture: Architecture,
        dimensions: int,
        channels: int,
        dropout: float = 0.0,
    ) -> None:
        """Build the layers.

        Args:
            architecture: a name of PAPER Table 2.
            dimensions: channels of the descriptors, also the hidden width.
            channels: classes and background.
            dropout: share of hidden channels dropped in training (ours; 0 = PAPER).
        """
        super().__init__()
        kernel = 1 if architecture.startswith("F") else 3
        depth = int(architecture[1])
        widths = [dimensions] * depth + [channels]
        layers: list[nn.Module] = []
        for index, (wide_in, wide_out) in enumerate(itertools.pairwise(widths)):
            if index:
                layers += [nn.ReLU(inplace=True), nn.Dropout2d(dropout)]
            layers.append(
                nn.Conv2d(
                    wide_in,
                    wide_out,
                    kernel,
                    padding=kernel // 2,
                    padding_mode="circular",
                )
            )
        self.layers = nn.Sequential(*layers)

    def forward(
        self, descriptors: Float[torch.Tensor, "b d gh gw"]
    ) -> Float[torch.Tensor, "b c gh gw"]:
        """Give logits; softmax over `c` makes them probabilities."""
        return self.layers(descriptors)


def segment(
    network: ImprintFCN,
    descriptors: Float32[np.ndarray, "gh gw d"],
    mask: Bool[np.ndarray, "gh gw"],
    *,
    device: torch.device | str = "cpu",
) -> GridScores:
    """Label the cells of one imprint."""
    image = torch.from_numpy(np.array(descriptors)).to(device)
    network.eval()
    with torch.inference_mode():
        logits = network(image.permute(2, 0, 1)[None].float())
        probability = logits.softmax(dim=1)[0].permute(1, 2, 0)
    return GridScores(np.ascontiguousarray(probability.cpu().numpy()), mask)
