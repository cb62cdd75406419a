"""The temporal head: what time adds to the frames' scores (ours, not the paper's).

After back-projection every frame has scores of its own; actions have beginnings and
ends. A small 1-D convolutional network over the frames gives each one a second opinion
on its class, and how far away the action it lies in begins and ends. It sees what the
imprint knows of a frame (`readback.py`) beside the frame itself; the same network on
nothing but pooled frames is its control.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import nn
from torch.nn import functional as F

from dbs_core.errors import InputError
from dbs_core.projection import Projection
from dbs_core.readback import path, read_back
from dbs_core.records import FrameScores, Imprint, Placement, Sharpened
from dbs_core.smoothing import smooth

HeadKind = Literal["none", "conv"]
REACH_S = 0.8
"""Seconds that one unit of the network's reach stands for."""
PATH_SCALE = 2.0
"""Brings the path's numbers, shares of 0 to 1 and small logarithms, to the size of
the descriptors' channels."""


@dataclass(frozen=True)
class HeadSettings:
    """The network, its training, and how its spans become detections."""

    kind: HeadKind = "conv"
    """`none` is the paper's DBS."""
    width: int = 128
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    """Of one block each: a frame sees 63 to either side, 13 s."""
    dropout: float = 0.2
    input_dropout: float = 0.3
    epochs: int = 40
    batch: int = 4
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    averaging: float = 0.99
    """Decay of the running mean of weights that is kept."""
    splice: float = 0.5
    """Share of training videos that are cut and joined with another."""
    share: float = 0.5
    """Weight of the head's class scores; the imprint's own have the rest."""
    floor: float = 0.05
    """Score that a frame's class must exceed for its span to be a candidate."""
    overlap: float = 0.3
    """Of two spans of one class with a higher IoU the lower score goes."""

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "width"):
            if (value := getattr(self, name)) < 1:
                raise InputError(f"head's {name}", wanted="at least 1", got=value)


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


@dataclass(frozen=True, eq=False)
class ReadBack:
    """The projections of what is read back: a window's mean and its spread."""

    mean: Projection
    spread: Projection


def frame_input(
    described: Float32[np.ndarray, "t r"],
) -> Float32[np.ndarray, "t r"]:
    """What the control head sees: unit-length rows brought to unit variance."""
    return described * np.float32(described.shape[1] ** 0.5)


def imprint_input(
    described: Float32[np.ndarray, "t r"],
    imprint: Imprint,
    placement: Placement,
    readback: ReadBack,
) -> Float32[np.ndarray, "t i"]:
    """What the head sees: the frame, its window read back, and its path.

    Args:
        described: pooled frames, projected.
        imprint: the video's.
        placement: where its frames lie.
        readback: projections of the window's mean and spread.
    """
    known = zip(
        (readback.mean, readback.spread), read_back(imprint, placement), strict=True
    )
    told = [frame_input(one(torch.from_numpy(cells)).numpy()) for one, cells in known]
    parts = [frame_input(described), *told, PATH_SCALE * path(placement)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def sharpen(
    network: TemporalHead,
    frames: Float32[np.ndarray, "t i"],
    scores: FrameScores,
    settings: HeadSettings,
    *,
    smoothing: float = 0.0,
    device: torch.device | str = "cpu",
) -> Sharpened:
    """Give frames the mean of their scores and the head's, and their reach.

    Args:
        network: the head.
        frames: `imprint_input` or `frame_input` of the video.
        scores: what the frames have without it, smoothed already.
        settings: for the share of each.
        smoothing: standard deviation for the head's own scores, in samples.
        device: where to compute.
    """
    network.to(device).eval()
    with torch.inference_mode():
        logits, reach = network(torch.from_numpy(frames)[None].to(device))
        probability = logits.softmax(dim=-1)[0].cpu().numpy()
    head = smooth(replace(scores, probability=probability), smoothing).probability
    mixed = settings.share * head + (1 - settings.share) * scores.probability
    return Sharpened(
        replace(scores, probability=mixed.astype(np.float32)),
        np.ascontiguousarray(reach[0].cpu().numpy()),
    )
