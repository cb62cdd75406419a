"""The EM's loop, once for every model: it ends where the likelihood stands still.

A model gives the parameters to begin with and its step, one E and one M step. What is
kept of the way is the likelihoods and the likeliest origins, which the explorer
replays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from jaxtyping import Int64

from dbs_core.method.imprint.posterior import Posterior
from dbs_core.method.imprint.settings import StoppingRule
from dbs_core.runtime.progress import SILENT, Progress

Parameters = TypeVar("Parameters")


@dataclass(frozen=True)
class Iteration(Generic[Parameters]):
    """What the E step says of the frames, and the parameters that the M step makes.

    Posterior, each frame's most likely origin and the data's log-likelihood are those
    under the parameters before.
    """

    posterior: Posterior
    best: Int64[torch.Tensor, " t"]
    log_likelihood: float
    parameters: Parameters


@dataclass(frozen=True)
class Course:
    """The last posterior; of every iteration likelihood and most likely origins."""

    posterior: Posterior
    log_likelihood: tuple[float, ...]
    trace: tuple[Int64[torch.Tensor, " t"], ...]
    converged: bool


def converge(
    parameters: Parameters,
    step: Callable[[Parameters], Iteration[Parameters]],
    rule: StoppingRule,
    progress: Progress = SILENT,
    stage: str = "imprint",
) -> Course:
    """Iterate until the likelihood stands still, or the rule's iterations are over.

    Args:
        parameters: those of the first E step.
        step: one E and one M step.
        rule: when to stop.
        progress: told about every iteration before it.
        stage: what that is called.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    likelihood: list[float] = []
    trace: list[torch.Tensor] = []
    converged = False
    while not converged and len(likelihood) < rule.iterations:
        progress(stage, len(likelihood), rule.iterations)
        found = step(parameters)
        parameters = found.parameters
        settled = len(likelihood) >= rule.settling
        converged = settled and stands_still(
            likelihood, found.log_likelihood, rule.tolerance
        )
        likelihood.append(found.log_likelihood)
        trace.append(found.best)
    return Course(found.posterior, tuple(likelihood), tuple(trace), converged)


def stands_still(before: Sequence[float], total: float, tolerance: float) -> bool:
    """Say whether the likelihood grew by less than a share of itself."""
    return bool(before) and total - before[-1] <= tolerance * abs(before[-1])
