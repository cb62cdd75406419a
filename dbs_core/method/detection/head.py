"""The temporal head: what time adds to the frames' scores (ours, not the paper's).

After back-projection every frame has scores of its own; actions have beginnings and
ends. A small 1-D convolutional network over the frames gives each one a second opinion
on its class, and how far away the action it lies in begins and ends. It sees what the
imprint knows of a frame (`head_input.py`) beside the frame itself; the same network on
nothing but pooled frames is its control.
"""

import torch
from jaxtyping import Float
from torch import nn
from torch.nn import functional as F

from dbs_core.method.detection.settings import HeadSettings

REACH_S = 0.8
"""Seconds that one unit of the network's reach stands for."""


class TemporalHead(nn.Module):
    """Frames' descriptors to class logits and reach: dilated residual convolutions."""

    def __init__(
        self, *, dimensions: int, channels: int, settings: HeadSettings
    ) -> None:
        super().__init__()
        width = settings.width
        self.entry = nn.Sequential(
            nn.Dropout(settings.input_dropout), nn.Linear(dimensions, width)
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.GroupNorm(1, width),
                nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation),
                nn.ReLU(),
                nn.Dropout(settings.dropout),
                nn.Conv1d(width, width, 1),
            )
            for dilation in settings.dilations
        )
        self.norm = nn.GroupNorm(1, width)
        self.classes = nn.Conv1d(width, channels, 1)
        self.reach = nn.Conv1d(width, 2, 1)
        # Two units either way to begin with, about half an action.
        nn.init.zeros_(self.reach.weight)
        nn.init.constant_(self.reach.bias, 2.0)  # type: ignore[arg-type]

    def forward(
        self, frames: Float[torch.Tensor, "b t i"]
    ) -> tuple[Float[torch.Tensor, "b t c"], Float[torch.Tensor, "b t 2"]]:
        """Give logits, and seconds back to the start and forward to the end."""
        x = self.entry(frames).transpose(1, 2)
        for block in self.blocks:
            x = x + block(x)
        x = F.relu(self.norm(x))
        reach = F.softplus(self.reach(x)) * REACH_S
        return self.classes(x).transpose(1, 2), reach.transpose(1, 2)

    def tell(
        self, frames: Float[torch.Tensor, "t i"], every_s: float
    ) -> tuple[Float[torch.Tensor, "t c"], Float[torch.Tensor, "t 2"]]:
        """Give one video's logits and reach; it knows no time but that of its samples.

        `every_s` is not asked here: the network tells seconds.
        """
        logits, reach = self(frames[None])
        return logits[0], reach[0]
