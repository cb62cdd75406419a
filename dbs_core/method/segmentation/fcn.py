"""The fully convolutional network that labels each cell of an imprint.

PAPER Table 2 and METHOD section 4: C1-C4 are one to four 3 x 3 layers, F3 three
1 x 1 layers, all of the input's width, ReLU between, softmax over classes and
background at the end. No pooling: the grid is small. Padding is circular, since the
grid is a torus.

P3 is ours: F3 that also sees, at each cell, the mean descriptor of the 7 x 7 cells
around it. Neighbours on an imprint that starts from frames meet by accident, and 3 x 3
filters learn the accident; their mean keeps what a frame as a whole looks like.
"""

import itertools
from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import nn
from torch.nn import functional as F

from dbs_core.method.features.settings import Precision
from dbs_core.method.imprint.torus import window_box
from dbs_core.method.segmentation.settings import Architecture
from dbs_core.records import GridScores

CONTEXT = 7
"""Cells along each side of P3's context: a frame's window."""


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
            architecture: a name of PAPER Table 2, or P3.
            dimensions: channels of the descriptors, also the hidden width.
            channels: classes and background.
            dropout: share of hidden channels dropped in training (ours; 0 = PAPER).
        """
        super().__init__()
        kernel = 3 if architecture.startswith("C") else 1
        depth = int(architecture[1])
        self.context = architecture.startswith("P")
        self.pointwise = kernel == 1
        """Each cell is labelled by what stands there alone (and P3's context)."""
        first = dimensions * (2 if self.context else 1)
        widths = [first] + [dimensions] * (depth - 1) + [channels]
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
                    # With nothing to pad a circular one still copies all.
                    padding_mode="circular" if kernel > 1 else "zeros",
                )
            )
        self.layers = nn.Sequential(*layers)

    def forward(
        self, descriptors: Float[torch.Tensor, "b d gh gw"]
    ) -> Float[torch.Tensor, "b c gh gw"]:
        """Give logits; softmax over `c` makes them probabilities."""
        if self.context:
            descriptors = self.with_context(descriptors)
        return self.layers(descriptors)

    def of_cells(
        self, imprints: Iterable[Float[torch.Tensor, "_ e"]]
    ) -> list[Float[torch.Tensor, "_ c"]]:
        """Give logits of some cells of each imprint, where the network is `pointwise`.

        A third of the time of whole grids: plain products, of cells that count alone.

        Args:
            imprints: what the layers see of each, of P3 with its context.
        """
        return [self._of_cells(cells) for cells in imprints]

    def _of_cells(self, cells: torch.Tensor) -> torch.Tensor:
        kept: torch.Tensor | None = None
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d):
                weight = layer.weight[:, :, 0, 0]
                # A channel dropped from all cells is a column of the weights dropped.
                weight = weight if kept is None else weight * kept
                cells, kept = F.linear(cells, weight, layer.bias), None
            elif isinstance(layer, nn.Dropout2d):
                if layer.training and layer.p:
                    kept = F.dropout(cells.new_ones(cells.shape[1]), layer.p)
            else:
                cells = layer(cells)
        return cells

    @staticmethod
    def with_context(
        descriptors: Float[torch.Tensor, "b d gh gw"],
    ) -> Float[torch.Tensor, "b e gh gw"]:
        """Give what P3's layers see: nothing of it is learnt, and it shifts along."""
        return torch.cat([descriptors, surroundings(descriptors)], dim=1)


def surroundings(
    descriptors: Float[torch.Tensor, "b d gh gw"],
) -> Float[torch.Tensor, "b d gh gw"]:
    """Average the assigned cells around each assigned cell; the rest stays zero.

    Cells without frames are all zero and do not count.
    """
    assigned = (descriptors.abs().sum(dim=1, keepdim=True) > 0).to(descriptors.dtype)
    window, edge = (CONTEXT, CONTEXT), CONTEXT // 2
    means = [
        window_box(grid, window, (edge, edge)) / CONTEXT**2
        for grid in (descriptors, assigned)
    ]
    # Twice the mean: unlike directions shorten it, and both halves should weigh alike.
    return 2 * assigned * means[0] / means[1].clamp(min=1 / CONTEXT**2)


def segment(
    network: ImprintFCN,
    descriptors: Float32[np.ndarray, "gh gw d"],
    mask: Bool[np.ndarray, "gh gw"],
    *,
    device: torch.device | str = "cpu",
    precision: Precision = "float32",
) -> GridScores:
    """Label the cells of one imprint.

    Args:
        network: the FCN.
        descriptors: of the cells.
        mask: which cells are labelled.
        device: where to compute.
        precision: of the layers' products. In bfloat16 they take half the time on a
            CPU that has it; sums and probabilities are float32 all the same.
    """
    device = torch.device(device)
    image = torch.from_numpy(np.array(descriptors)).to(device)
    network.to(device).eval()
    short = precision == "bfloat16"
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, short):
        logits = network(image.permute(2, 0, 1)[None].float())
        probability = logits.float().softmax(dim=1)[0].permute(1, 2, 0)
    return GridScores(np.ascontiguousarray(probability.cpu().numpy()), mask)
