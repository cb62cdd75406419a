"""Frames compared with the imprint (Eq. 1 and 2): where each can lie, or everywhere."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int64
from torch.nn import functional as F

from dbs_core.method.imprint.bounds import Bound, bound_of
from dbs_core.method.imprint.few_places import few_places
from dbs_core.method.imprint.posterior import POSTERIOR_FLOOR, Posterior
from dbs_core.method.imprint.torus import cell_box


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
    bound: Bound | None
    precision: Float32[torch.Tensor, "gh gw r"]
    spread: Float32[torch.Tensor, " locations"]

    @classmethod
    def of(
        cls,
        epitome: Epitome,
        frames: Float32[torch.Tensor, "t h w r"],
        *,
        everywhere: bool = False,
    ) -> "Comparison":
        """Prepare a bound where that pays for so many frames, unless told not to."""
        window = frames.shape[1], frames.shape[2]
        variance = epitome.variance.expand_as(epitome.mean)
        spread = cell_box(variance.log().sum(-1), window).flatten()
        bound = None
        if not everywhere:
            bound = bound_of(epitome.mean, variance, spread, window, len(frames))
        return cls(epitome, bound, variance.reciprocal(), spread)

    def places(
        self, frames: Float32[torch.Tensor, "t h w r"]
    ) -> tuple[Posterior, Int64[torch.Tensor, " t"], Float32[torch.Tensor, " t"]]:
        """Give posterior, likeliest origin and log evidence of some frames."""
        mean, found = self.epitome.mean, None
        if self.bound is not None:
            above = self.bound.above(frames)
            found = few_places(frames, above, mean, self.precision, self.spread)
        return found or self._all_places(frames)

    def _all_places(
        self, frames: Float32[torch.Tensor, "t h w r"]
    ) -> tuple[Posterior, Int64[torch.Tensor, " t"], Float32[torch.Tensor, " t"]]:
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


def shared(epitome: Epitome) -> bool:
    """Say whether all dimensions of a cell share one variance."""
    return epitome.variance.shape[-1] == 1
