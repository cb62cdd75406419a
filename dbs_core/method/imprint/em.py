"""The video imprint: an epitome learnt by EM on a torus (METHOD section 1.2).

Features -> ImprintFit. The E step compares every frame with every window of the
grid, the M step averages frames into cells; PAPER equations 1-4, reconstructed.
The E step is a convolution: the padded grid is the image, the frames are the filters
(METHOD section 1.3, direct route), so a CPU's and a GPU's fastest code does the work.
The M step's sums are in `accumulation.py`. `em_fast.py` is the quick way to the
same imprint; the tests hold the full EM in float64 by plain loops.
"""

import math
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float32, Int64

from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.accumulation import (
    CHUNK,
    EMPTY_CELL,
    accumulate,
    frame_chunks,
)
from dbs_core.method.imprint.convergence import Course, Iteration, converge
from dbs_core.method.imprint.initial_mean import initial_mean
from dbs_core.method.imprint.posterior import POSTERIOR_FLOOR, Posterior, joined
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.imprint.search import correlate
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.method.imprint.torus import cell_box
from dbs_core.records import Features
from dbs_core.runtime.progress import SILENT, Progress


@dataclass(frozen=True)
class Epitome:
    """Mean and diagonal variance of every cell: the parameters of the EM.

    `variance` has one channel when all dimensions of all cells share it.
    """

    mean: Float32[torch.Tensor, "gh gw d"]
    variance: Float32[torch.Tensor, "gh gw e"]


def learn(
    frames: ReducedFrames,
    settings: EpitomeSettings,
    generator: torch.Generator,
    progress: Progress = SILENT,
) -> Course:
    """Iterate E and M steps until the likelihood stands still.

    Raises:
        Cancelled: the progress was asked to stop, between two iterations.
    """
    reduced = project(frames.features, frames.locate, frames.device)
    step = partial(iteration, reduced, settings=settings)
    return converge(start(reduced, settings, generator), step, settings.rule, progress)


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


def iteration(
    reduced: Float32[torch.Tensor, "t h w r"], old: Epitome, settings: EpitomeSettings
) -> Iteration[Epitome]:
    """One E step under the old parameters, and the M step that follows."""
    posterior, best, total = e_step(reduced, old)
    new = m_step(reduced, posterior, old, settings)
    return Iteration(posterior, best, total, new)


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
    score = correlate(epitome.mean * precision, filters)
    score -= 0.5 * correlate(precision, squares.permute(0, 3, 1, 2))
    cell = epitome.mean.square() * precision + epitome.variance.log()
    score -= 0.5 * cell_box(cell.sum(-1), (h, w))
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
