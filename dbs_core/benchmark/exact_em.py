"""The EM to the letter: float32, every location, every dimension of the maps.

What both searches are compared with: the same start, Eq. 1-4 with learnt variances in
all dimensions, stopped by the full search's rule.
"""

import dataclasses
from functools import partial
from typing import get_args

import torch
from jaxtyping import Float32

from dbs_core.benchmark.material import as_features
from dbs_core.benchmark.timing import timed
from dbs_core.method.features.projection import Projection, l2
from dbs_core.method.imprint import em, fitting
from dbs_core.method.imprint.comparing import Epitome
from dbs_core.method.imprint.convergence import Iteration, converge
from dbs_core.method.imprint.posterior import posterior_of
from dbs_core.method.imprint.settings import EpitomeSettings, Search
from dbs_core.records import ImprintFit
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.seeds import generator_for


@dataclasses.dataclass(frozen=True)
class ExactRun:
    """Where the exact EM ended, and what it took.

    `seconds` is the least of its iterations, times their number: they all do the same
    work, and the fast imprint's time is the least of several too.
    """

    log_likelihood: tuple[float, ...]
    seconds: float
    iterations: int


def run(
    frames: Float32[torch.Tensor, "t h w d"],
    settings: EpitomeSettings,
    progress: Progress,
) -> ExactRun:
    """Iterate until the likelihood stands still."""
    device = str(frames.device)
    epitome = em.start(frames, settings, generator_for(0, "benchmark"))
    taken_s: list[float] = []

    def step(old: Epitome) -> Iteration[Epitome]:
        seconds, found = timed(
            partial(em.iteration, [(0, frames)], old, settings, everywhere=True), device
        )
        taken_s.append(seconds)
        return found

    course = converge(epitome, step, settings.rule, progress, "exact EM")
    count = len(taken_s)
    return ExactRun(course.log_likelihood, min(taken_s) * count, count)


def gain_share(
    frames: Float32[torch.Tensor, "t h w d"],
    found: ImprintFit,
    settings: EpitomeSettings,
    exact: ExactRun,
) -> float:
    """Give the share of the exact EM's gain that an imprint reaches.

    The imprint is judged by the exact model: one M step with its posterior in all
    dimensions gives means and variances, then the likelihood under these.
    """
    begin = em.start(frames, settings, generator_for(0, "benchmark"))
    listed = posterior_of(found.placement)
    learnt = em.m_step(frames, listed, begin, settings)
    _, _, total = em.e_step(frames, learnt)
    first, last = exact.log_likelihood[0], exact.log_likelihood[-1]
    return (total - first) / (last - first)


def compare(
    maps: torch.Tensor,
    locate: Projection,
    settings: EpitomeSettings,
    device: str,
    progress: Progress,
) -> tuple[ExactRun, dict[Search, float]]:
    """Run the exact EM on some frames; give it, and each search's share of its gain."""
    frames = l2(maps.to(device).float())
    full = dataclasses.replace(settings, search="full", learn_variance=True)
    exact = run(frames, full, progress)
    shares: dict[Search, float] = {}
    for search in get_args(Search):
        found = fitting.fit(
            as_features(maps.numpy()),
            locate,
            dataclasses.replace(settings, search=search),
            generator=generator_for(0, "benchmark"),
            device=device,
        )
        shares[search] = gain_share(frames, found, full, exact)
    return exact, shares
