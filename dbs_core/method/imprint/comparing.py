"""Frames compared with the imprint (Eq. 1 and 2): where each can lie, or everywhere."""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float32
from torch.nn import functional as F

from dbs_core.method.imprint.bounds import Bound, bound_of, halved_bound_of
from dbs_core.method.imprint.few_places import Places, few_places
from dbs_core.method.imprint.posterior import POSTERIOR_FLOOR, Posterior
from dbs_core.method.imprint.torus import cell_box

WORTH = 36
"""Looking at all locations costs about as much as at one of so many by itself."""
FEW = 3.0
"""Locations a frame up to which a bound of half the axes is the sooner one."""
TRIAL = 32
"""Frames, spread over those at hand, that say whether it is."""


@dataclass(frozen=True)
class Epitome:
    """Mean and diagonal variance of every cell: the parameters of the EM.

    `variance` has one channel when all dimensions of all cells share it.
    """

    mean: Float32[torch.Tensor, "gh gw d"]
    variance: Float32[torch.Tensor, "gh gw e"]


@dataclass(frozen=True)
class Comparison:
    """Parameters made ready to be compared with frames."""

    epitome: Epitome
    bounds: tuple[tuple[Bound, float], ...]
    """To be tried in this order, each with the locations a frame that it may leave."""
    precision: Float32[torch.Tensor, "gh gw r"] | float
    spread: Float32[torch.Tensor, " locations"]

    @classmethod
    def of(
        cls,
        epitome: Epitome,
        frames: Float32[torch.Tensor, "t h w r"],
        *,
        everywhere: bool = False,
    ) -> "Comparison":
        """Prepare bounds where that pays for so many frames, unless told not to."""
        window, mean = (frames.shape[1], frames.shape[2]), epitome.mean
        locations = mean.shape[0] * mean.shape[1]
        variance: torch.Tensor | float
        precision: torch.Tensor | float
        if (one := _one_variance(epitome)) is not None:
            variance, precision = one, 1 / one
            spread = mean.new_full(
                (locations,), frames.shape[1:].numel() * math.log(one)
            )
        else:
            variance = epitome.variance.expand_as(mean)
            precision = variance.reciprocal()
            spread = cell_box(variance.log().sum(-1), window).flatten()
        nothing = cls(epitome, (), precision, spread)
        if everywhere:
            return nothing
        bound = bound_of(mean, variance, spread, window, len(frames))
        if bound is None:
            return nothing
        sure = (bound, locations / WORTH)
        if (halved := halved_bound_of(mean, variance, window)) is not None:
            sooner = replace(nothing, bounds=((halved, FEW),))
            if sooner.few(frames[:: len(frames) // TRIAL + 1]) is not None:
                return replace(nothing, bounds=(*sooner.bounds, sure))
        return replace(nothing, bounds=(sure,))

    def places(self, frames: Float32[torch.Tensor, "t h w r"]) -> Places:
        """Give posterior, likeliest origin and log evidence of some frames."""
        return self.few(frames) or self._all_places(frames)

    def few(self, frames: Float32[torch.Tensor, "t h w r"]) -> Places | None:
        """Do as `places` by the bounds; None where they leave too many locations."""
        for bound, most in self.bounds:
            above = bound.above(frames)
            parts = self.epitome.mean, self.precision, self.spread
            if found := few_places(frames, above, *parts, most):
                return found
        return None

    def _all_places(self, frames: Float32[torch.Tensor, "t h w r"]) -> Places:
        joint = log_joint(frames, self.epitome).flatten(1)
        evidence = torch.logsumexp(joint, dim=1, keepdim=True)
        log_q = joint - evidence
        best = log_q.argmax(dim=1)
        weight = log_q.exp_()
        frame, origin = (weight > POSTERIOR_FLOOR).nonzero(as_tuple=True)
        return Posterior(frame, origin, weight[frame, origin]), best, evidence[:, 0]


def log_joint(
    frames: Float32[torch.Tensor, "t h w r"], epitome: Epitome
) -> Float32[torch.Tensor, "t gh gw"]:
    """log p(location) + log p(frame | location), Eq. 1, with a uniform prior.

    -1/2 sum (f - mu)^2 / var = sum f mu/var - 1/2 sum f^2/var - 1/2 sum mu^2/var:
    two correlations of the frames with the grid and one box sum of it.
    """
    h, w, r = frames.shape[1:]
    precision = 1 / epitome.variance
    filters = frames.permute(0, 3, 1, 2)
    squares = (
        frames.square().sum(-1, keepdim=True) if shared(epitome) else (frames.square())
    )
    score = correlate(epitome.mean * precision, filters)
    score -= 0.5 * correlate(precision, squares.permute(0, 3, 1, 2))
    cell = epitome.mean.square() * precision + epitome.variance.log()
    score -= 0.5 * cell_box(cell.sum(-1), (h, w))
    locations = epitome.mean.shape[0] * epitome.mean.shape[1]
    return score - 0.5 * h * w * r * math.log(2 * math.pi) - math.log(locations)


def correlate(
    grid: Float32[torch.Tensor, "gh gw c"], filters: Float32[torch.Tensor, "t c h w"]
) -> Float32[torch.Tensor, "t gh gw"]:
    """Circular cross-correlation of W x W patches with the torus, summed over c."""
    h, w = filters.shape[-2:]
    image = F.pad(grid.permute(2, 0, 1)[None], (0, w - 1, 0, h - 1), mode="circular")
    layout = torch.channels_last
    return F.conv2d(
        image.contiguous(memory_format=layout), filters.contiguous(memory_format=layout)
    )[0]


def _one_variance(epitome: Epitome) -> float | None:
    """Give the variance that everything shares, if it does."""
    least, most = (float(v) for v in epitome.variance.aminmax())
    return least if least == most else None


def shared(epitome: Epitome) -> bool:
    """Say whether all dimensions of a cell share one variance."""
    return epitome.variance.shape[-1] == 1
