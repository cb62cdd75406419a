"""The temporal head at several scales: short and long actions each where they fit.

An anchor-free detector in time (after ActionFormer, without attention): every level of
the pyramid has half the samples of the one before and answers for actions of its own
lengths. Each of its points says of every class whether such an action is there, each
class by itself, so that actions of two classes may overlap, and how far it reaches.
All levels together give each frame an opinion of its class beside it, as the head of
one scale does.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import nn
from torch.nn import functional as F

from dbs_core.method.detection.settings import HeadSettings

RARE = 0.01
"""Score of every class at every point before training: nearly all points are empty."""
WIDE = 2.0
"""Strides that every point reaches to either side before training."""


class Points(NamedTuple):
    """What the points of one level say: point i lies at sample i * stride."""

    stride: int
    logits: Float[torch.Tensor, "b n a"]
    reach: Float[torch.Tensor, "b n 2"]
    """In samples, back and forward."""


class PyramidHead(nn.Module):
    """Frames' descriptors to class logits of frames, and to points of all levels."""

    def __init__(
        self, *, dimensions: int, channels: int, settings: HeadSettings
    ) -> None:
        super().__init__()
        width, levels = settings.width, settings.levels
        self.entry = nn.Sequential(
            _Dropout(settings.input_dropout), nn.Linear(dimensions, width)
        )
        self.blocks = nn.ModuleList(_Block(width, settings.dropout) for _ in range(2))
        self.halve = nn.ModuleList(
            _Block(width, settings.dropout) for _ in range(levels - 1)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(levels))
        self.frames = nn.ModuleList(nn.Linear(width, channels) for _ in range(levels))
        self.classes = nn.ModuleList([_Near(width, width), _Near(width, channels - 1)])
        self.reach = nn.ModuleList([_Near(width, width), _Near(width, 2)])
        self.middles = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.scale = nn.Parameter(torch.ones(levels))
        nn.init.constant_(self.classes[1].bias, -math.log(1 / RARE - 1))  # type: ignore[arg-type]
        nn.init.constant_(self.reach[1].bias, WIDE)  # type: ignore[arg-type]

    def forward(
        self,
        frames: Float[torch.Tensor, "b t i"],
        there: Bool[torch.Tensor, "b t"] | None = None,
    ) -> tuple[Float[torch.Tensor, "b t c"], list[Points]]:
        """Give logits of the frames, and what each level's points say.

        Args:
            frames: of several videos, the shorter ones filled up.
            there: which are frames and not filling (default: all).
        """
        if there is None:
            there = torch.ones(frames.shape[:2], dtype=torch.bool, device=frames.device)
        known = there[..., None].to(frames.dtype)
        x = self.entry(frames) * known
        for block in self.blocks:
            x = block(x) * known
        levels = [(self.norms[0](x) * known, known)]
        for block, norm in zip(self.halve, self.norms[1:], strict=True):
            known = known[:, ::2]
            x = block(x)[:, ::2] * known
            levels.append((norm(x) * known, known))
        return self._opinion([one for one, _ in levels]), self._towers(levels)

    def _opinion(self, levels: list[torch.Tensor]) -> torch.Tensor:
        """Let every level say what its frames show: the coarse ones see farthest."""
        count = levels[0].shape[1]
        opinion = levels[0].new_zeros(())
        for number, (one, say) in enumerate(zip(levels, self.frames, strict=True)):
            said = say(F.relu(one)).repeat_interleave(2**number, dim=1)
            opinion = opinion + said[:, :count]
        return opinion

    def _towers(self, levels: list[tuple[torch.Tensor, torch.Tensor]]) -> list[Points]:
        """Ask the points of all levels at once, an empty sample between two levels."""
        known = torch.cat([F.pad(one, (0, 0, 0, 1)) for _, one in levels], dim=1)
        x = torch.cat([F.pad(one, (0, 0, 0, 1)) for one, _ in levels], dim=1)
        logits, reach = (
            last(F.relu(norm(first(x))) * known)
            for (first, last), norm in zip(
                (self.classes, self.reach), self.middles, strict=True
            )
        )
        sizes = [one.shape[1] + 1 for one, _ in levels]
        parts = zip(logits.split(sizes, dim=1), reach.split(sizes, dim=1), strict=True)
        return [
            Points(
                2**number,
                one[:, :-1],
                F.softplus(other[:, :-1] * self.scale[number]) * 2**number,
            )
            for number, (one, other) in enumerate(parts)
        ]

    def tell(
        self, frames: Float[torch.Tensor, "t i"], every_s: float
    ) -> tuple[Float[torch.Tensor, "t c"], Float[torch.Tensor, "t a 3"]]:
        """Give one video's logits, and of each frame and class how far it reaches.

        Of the points of several levels that lie at one frame the surest has its say,
        for each class by itself: seconds back and forward, and its score.
        """
        opinion, levels = self(frames[None])
        told = opinion.new_full((*opinion[0, :, 1:].shape, 3), -1.0)
        for stride, logits, reach in levels:
            score = logits[0].sigmoid()
            spans = (reach[0] * every_s)[:, None].expand(-1, score.shape[1], -1)
            here = torch.cat([spans, score[..., None]], dim=-1)
            before = told[::stride]
            surer = here[..., 2:] > before[..., 2:]
            told[::stride] = torch.where(surer, here, before)
        return opinion[0], told


class _Dropout(nn.Module):
    """Drop channels of whole videos: one draw a channel, not one a number."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Float[torch.Tensor, "b t w"]) -> Float[torch.Tensor, "b t w"]:
        if not self.training:
            return x
        return x * F.dropout(x.new_ones(len(x), 1, x.shape[2]), self.share)


class _Near(nn.Linear):
    """Look at each sample with its two neighbours: a convolution, as one product."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__(3 * width, out)

    def forward(self, x: Float[torch.Tensor, "b t w"]) -> Float[torch.Tensor, "b t o"]:
        wide = F.pad(x, (0, 0, 1, 1))
        return super().forward(
            torch.cat([wide[:, :-2], wide[:, 1:-1], wide[:, 2:]], dim=2)
        )


class _Block(nn.Module):
    """Look along time channel by channel, then mix the channels; with a way past it."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.along = nn.Parameter(torch.randn(3, width) / 3**0.5)
        self.mix = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.ReLU(),
            _Dropout(dropout),
            nn.Linear(2 * width, width),
        )

    def forward(self, x: Float[torch.Tensor, "b t w"]) -> Float[torch.Tensor, "b t w"]:
        wide = F.pad(x, (0, 0, 1, 1))
        before, here, after = self.along
        near = wide[:, :-2] * before + x * here + wide[:, 2:] * after
        return x + self.mix(near)
