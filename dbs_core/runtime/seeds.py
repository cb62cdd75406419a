"""Explicit seeds: every random choice comes from a generator made for it.

A generator is named by the run's seed and by what it is for (a video, a stage), so
results depend neither on the order of the work nor on what was cached before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from dbs_core.runtime.store import fingerprint


def generator_for(seed: int, *names: object) -> torch.Generator:
    """Make the generator of one job of one run."""
    return torch.Generator().manual_seed(int(fingerprint(seed, *names)[:15], 16))


@contextmanager
def seeded(generator: torch.Generator) -> Iterator[None]:
    """Let layers that know only PyTorch's global generator draw from this one.

    Weight initialisation and dropout take no generator; the global state is put back
    afterwards.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(
            int(torch.randint(2**62, (), generator=generator, dtype=torch.int64))
        )
        yield
