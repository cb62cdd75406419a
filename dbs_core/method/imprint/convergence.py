"""How an EM went: where it ended, and what the explorer replays of the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int64

from dbs_core.method.imprint.posterior import Posterior


@dataclass(frozen=True)
class Course:
    """The last posterior; of every iteration likelihood and most likely origins."""

    posterior: Posterior
    log_likelihood: tuple[float, ...]
    trace: tuple[Int64[torch.Tensor, " t"], ...]
    converged: bool


def stands_still(before: Sequence[float], total: float, tolerance: float) -> bool:
    """Say whether the likelihood grew by less than a share of itself.

    The stopping rule of the full and of the fast EM, and of the benchmark's.
    """
    return bool(before) and total - before[-1] <= tolerance * abs(before[-1])
