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
from jaxtyping import Float, Int
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
    logits: Float[torch.Tensor, "n a"]
    reach: Float[torch.Tensor, "n 2"]
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
        self.classes = _tower(width, channels - 1)
        self.reach = _tower(width, 2)
        self.middles = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.scale = nn.Parameter(torch.ones(levels))
        nn.init.constant_(self.classes[1].bias, -math.log(1 / RARE - 1))  # type: ignore[arg-type]
        nn.init.constant_(self.reach[1].bias, WIDE)  # type: ignore[arg-type]

    def forward(
        self,
        frames: Float[torch.Tensor, "t i"],
        video: Int[torch.Tensor, " t"] | None = None,
    ) -> tuple[Float[torch.Tensor, "t c"], list[Points]]:
        """Give logits of the frames, and what each level's points say.

        Args:
            frames: of one video; or of several, one after another, with so much
                filling between that every level has a point of it there.
            video: number of the video of each frame, -1 of filling (default: of one).
        """
        if video is None:
            video = torch.zeros(len(frames), dtype=torch.int64, device=frames.device)
        known = (video >= 0)[:, None].to(frames.dtype)
        drop, enter = self.entry
        x = enter(drop(frames, video)) * known
        for block in self.blocks:
            x = block(x, video) * known
        levels = [(self.norms[0](x) * known, known)]
        for block, norm in zip(self.halve, self.norms[1:], strict=True):
            x, known = block(x, video)[::2], known[::2]
            x, video = x * known, video[::2]
            levels.append((norm(x) * known, known))
        return self._opinion([one for one, _ in levels]), self._towers(levels)

    def _opinion(self, levels: list[torch.Tensor]) -> torch.Tensor:
        """Let every level say what its frames show: the coarse ones see farthest."""
        count = len(levels[0])
        opinion = levels[0].new_zeros(())
        for number, (one, say) in enumerate(zip(levels, self.frames, strict=True)):
            said = say(F.relu(one)).repeat_interleave(2**number, dim=0)
            opinion = opinion + said[:count]
        return opinion

    def _towers(self, levels: list[tuple[torch.Tensor, torch.Tensor]]) -> list[Points]:
        """Ask the points of all levels at once, an empty sample between two levels."""
        known = torch.cat([F.pad(one, (0, 0, 0, 1)) for _, one in levels])
        near = _near(torch.cat([F.pad(one, (0, 0, 0, 1)) for one, _ in levels]))
        logits, reach = (
            last(F.relu(norm(first(near))) * known)
            for (first, last), norm in zip(
                (self.classes, self.reach), self.middles, strict=True
            )
        )
        sizes = [len(one) + 1 for one, _ in levels]
        parts = zip(logits.split(sizes), reach.split(sizes), strict=True)
        return [
            Points(
                2**number,
                one[:-1],
                F.softplus(other[:-1] * self.scale[number]) * 2**number,
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
        opinion, levels = self(frames)
        told = opinion.new_full((*opinion[:, 1:].shape, 3), -1.0)
        for stride, logits, reach in levels:
            score = logits.sigmoid()
            spans = (reach * every_s)[:, None].expand(-1, score.shape[1], -1)
            here = torch.cat([spans, score[..., None]], dim=-1)
            before = told[::stride]
            surer = here[..., 2:] > before[..., 2:]
            told[::stride] = torch.where(surer, here, before)
        return opinion, told


class _Dropout(nn.Module):
    """Drop channels of whole videos: one draw a channel, not one a number."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(
        self, x: Float[torch.Tensor, "t w"], video: Int[torch.Tensor, " t"]
    ) -> Float[torch.Tensor, "t w"]:
        if not self.training or not self.share:
            return x
        videos = int(video.max()) + 1
        kept = F.dropout(x.new_ones(videos, x.shape[1]), self.share)
        return x * kept[video.clamp(min=0)]


def _tower(width: int, out: int) -> nn.ModuleList:
    """Two layers that see each sample with its two neighbours."""
    return nn.ModuleList([nn.Linear(3 * width, width), _Near(3 * width, out)])


def _near(x: Float[torch.Tensor, "t w"]) -> Float[torch.Tensor, "t w3"]:
    """Put its two neighbours beside each sample: a convolution, as one product."""
    wide = F.pad(x, (0, 0, 1, 1))
    return torch.cat([wide[:-2], wide[1:-1], wide[2:]], dim=1)


class _Near(nn.Linear):
    """The same for a few outputs: these are moved, not the many channels of x."""

    def forward(self, x: Float[torch.Tensor, "t w"]) -> Float[torch.Tensor, "t o"]:
        three = self.weight.reshape(self.out_features, 3, -1).transpose(0, 1)
        back, here, ahead = F.linear(x, three.flatten(0, 1)).chunk(3, dim=1)
        return (
            here
            + F.pad(back[:-1], (0, 0, 1, 0))
            + F.pad(ahead[1:], (0, 0, 0, 1))
            + self.bias
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

    def forward(
        self, x: Float[torch.Tensor, "t w"], video: Int[torch.Tensor, " t"]
    ) -> Float[torch.Tensor, "t w"]:
        wide = F.pad(x, (0, 0, 1, 1))
        before, here, after = self.along
        near = wide[:-2] * before + x * here + wide[2:] * after
        norm, widen, relu, drop, narrow = self.mix
        return x + narrow(drop(relu(widen(norm(near))), video))
