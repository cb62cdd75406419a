"""The video imprint: an epitome learnt by EM on a torus (METHOD section 1.2).

Features -> ImprintFit. The E step compares every frame with every window of the
grid, the M step averages frames into cells; PAPER equations 1-4, reconstructed.
The E step is a convolution: the padded grid is the image, the frames are the filters
(METHOD section 1.3, direct route), so a CPU's and a GPU's fastest code does the work.
The M step's sums are in `accumulation.py`. `epitome_exact.py` is the same in float64
by plain loops, for tests.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int64
from torch.nn import functional as F

from dbs_core.accumulation import (
    CHUNK,
    EMPTY_CELL,
    accumulate,
    frame_chunks,
    imprint_of,
)
from dbs_core.errors import Cancelled, InputError
from dbs_core.posterior import POSTERIOR_FLOOR, Posterior, joined, sparse_placement
from dbs_core.projection import Projection
from dbs_core.records import Features, ImprintFit
from dbs_core.start import Start, initial_mean


@dataclass(frozen=True)
class EpitomeSettings:
    """How an imprint is learnt; the only home of these defaults."""

    grid: int = 48
    """Cells along each side, 16 to 64 (PAPER Table 1)."""
    locate_dimensions: int = 128
    """Principal axes in which the EM works (METHOD section 2.3)."""
    start: Start = "tiled"
    """Initial means; see start.py."""
    variance: float = 0.1
    """Initial variance of every cell and dimension (AUTHOR's folder names)."""
    learn_variance: bool = True
    """Eq. 4; without it the initial variance stays, and the E step costs half."""
    variance_floor: float = 1e-3
    """For l2-normalised features; METHOD section 1.4."""
    iterations: int = 20
    """At most; a tiled start settles in 3 to 6."""
    tolerance: float = 1e-4
    """Stop when the log-likelihood grows by less than this share of itself."""
    keep: int = 8
    """Locations kept of each frame's posterior."""

    def __post_init__(self) -> None:
        if not 16 <= self.grid <= 64:
            raise InputError("grid size", wanted="16 to 64 cells", got=self.grid)


@dataclass(frozen=True)
class Epitome:
    """Mean and diagonal variance of every cell: the parameters of the EM.

    `variance` has one channel when all dimensions of all cells share it.
    """

    mean: Float32[torch.Tensor, "gh gw d"]
    variance: Float32[torch.Tensor, "gh gw e"]


def fit(
    features: Features,
    locate: Projection,
    settings: EpitomeSettings,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    cancelled: Callable[[], bool] = lambda: False,
) -> ImprintFit:
    """Learn the imprint of one video by the two-step scheme (METHOD section 2.3).

    Step 1: EM in the projected dimensions until nothing changes. Step 2: one M
    step with that posterior and the original features gives the means.

    Raises:
        InputError: the video has no sampled frame.
        Cancelled: `cancelled()` said so between two iterations.
    """
    if not len(features):
        raise InputError("no frame to make an imprint of")
    reduced = project(features, locate, device)
    epitome = start(reduced, settings, generator)
    likelihood: list[float] = []
    trace: list[torch.Tensor] = []
    converged = False
    while not converged and len(likelihood) < settings.iterations:
        if cancelled():
            raise Cancelled
        posterior, best, total = e_step(reduced, epitome)
        epitome = m_step(reduced, posterior, epitome, settings)
        converged = bool(likelihood) and (
            total - likelihood[-1] <= settings.tolerance * abs(likelihood[-1])
        )
        likelihood.append(total)
        trace.append(best)
    size = (settings.grid, settings.grid)
    placement = sparse_placement(posterior, features, size, settings.keep)
    origins = torch.stack(trace).cpu()
    return ImprintFit(
        imprint_of(features, placement, device),
        placement,
        torch.tensor(likelihood, dtype=torch.float64).numpy(),
        torch.stack([origins // size[1], origins % size[1]], -1).short().numpy(),
        converged,
    )


def project(
    features: Features, locate: Projection, device: torch.device | str
) -> Float32[torch.Tensor, "t h w r"]:
    """Bring all frames into the EM's dimensions, chunk by chunk."""
    return torch.cat([locate(maps) for _, maps in frame_chunks(features, device)])


def start(
    reduced: Float32[torch.Tensor, "t h w r"],
    settings: EpitomeSettings,
    generator: torch.Generator,
) -> Epitome:
    """Build the parameters the first E step uses."""
    mean = initial_mean(reduced, settings.grid, settings.start, generator)
    channels = mean.shape[-1] if settings.learn_variance else 1
    variance = torch.full_like(mean[..., :1], settings.variance)
    return Epitome(mean, variance.expand(-1, -1, channels).contiguous())


def e_step(
    reduced: Float32[torch.Tensor, "t h w r"], epitome: Epitome
) -> tuple[Posterior, Int64[torch.Tensor, " t"], float]:
    """Compare every frame with every window (Eq. 2), in log space.

    Returns:
        the posterior, each frame's most likely origin, and the data's
        log-likelihood under these parameters.
    """
    parts: list[Posterior] = []
    best: list[torch.Tensor] = []
    total = 0.0
    for first in range(0, len(reduced), CHUNK):
        joint = log_joint(reduced[first : first + CHUNK], epitome).flatten(1)
        evidence = torch.logsumexp(joint, dim=1, keepdim=True)
        total += float(evidence.double().sum())
        log_q = joint - evidence
        best.append(log_q.argmax(dim=1))
        weight = log_q.exp_()
        frame, origin = (weight > POSTERIOR_FLOOR).nonzero(as_tuple=True)
        parts.append(Posterior(frame + first, origin, weight[frame, origin]))
    return joined(parts), torch.cat(best), total


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
    score = _correlate(epitome.mean * precision, filters)
    score -= 0.5 * _correlate(precision, squares.permute(0, 3, 1, 2))
    cell = epitome.mean.square() * precision + epitome.variance.log()
    box = torch.ones(1, 1, h, w, device=frames.device)
    score -= 0.5 * _correlate(cell.sum(-1, keepdim=True), box)
    locations = epitome.mean.shape[0] * epitome.mean.shape[1]
    return score - 0.5 * h * w * r * math.log(2 * math.pi) - math.log(locations)


def m_step(
    reduced: Float32[torch.Tensor, "t h w r"],
    posterior: Posterior,
    old: Epitome,
    settings: EpitomeSettings,
) -> Epitome:
    """Average the frames into the cells they lie on (Eq. 3 and 4).

    The variance is E[f^2] - mu^2 with the new mean, at least the floor; a cell that
    holds no frame keeps its parameters.
    """
    size = old.mean.shape[0], old.mean.shape[1]
    sums, usage = accumulate([(0, reduced)], posterior, size)
    empty = (usage <= EMPTY_CELL)[..., None]
    share = usage.clamp(min=EMPTY_CELL)[..., None]
    mean = torch.where(empty, old.mean, sums / share)
    if not settings.learn_variance:
        return Epitome(mean, old.variance)
    squares, _ = accumulate([(0, reduced.square())], posterior, size)
    variance = (squares / share - mean.square()).clamp(min=settings.variance_floor)
    return Epitome(mean, torch.where(empty, old.variance, variance))


def shared(epitome: Epitome) -> bool:
    """Say whether all dimensions of a cell share one variance."""
    return epitome.variance.shape[-1] == 1


def _correlate(
    grid: Float32[torch.Tensor, "gh gw c"], filters: Float32[torch.Tensor, "t c h w"]
) -> Float32[torch.Tensor, "t gh gw"]:
    """Circular cross-correlation of W x W patches with the torus, summed over c."""
    h, w = filters.shape[-2:]
    image = F.pad(grid.permute(2, 0, 1)[None], (0, w - 1, 0, h - 1), mode="circular")
    layout = torch.channels_last
    return F.conv2d(
        image.contiguous(memory_format=layout), filters.contiguous(memory_format=layout)
    )[0]
