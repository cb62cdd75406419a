"""The video imprint: an epitome learnt by EM on a torus (METHOD section 1.2).

Features -> ImprintFit. The E step compares every frame with every window of the
grid, the M step averages frames into cells; PAPER equations 1-4, reconstructed.
A bound (`bounds.py`) first puts out of the question all locations that can hold nothing
of a frame; the others, one or a few, are compared exactly. Where that leaves many, and
on a GPU, all are: by a convolution with the padded grid as the image and the frames as
the filters (METHOD section 1.3, direct route). That is in `comparing.py`, the M step's
sums are in `accumulation.py`; the tests hold the EM in float64 by plain loops.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int64

from dbs_core.method.imprint.accumulation import CHUNK, EMPTY_CELL, add_frames
from dbs_core.method.imprint.comparing import Comparison, Epitome
from dbs_core.method.imprint.convergence import Course, Iteration, converge
from dbs_core.method.imprint.initial_mean import initial_mean, start_frames
from dbs_core.method.imprint.posterior import Posterior, joined, strongest
from dbs_core.method.imprint.reduced_frames import HELD, ReducedFrames
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.runtime.progress import SILENT, Progress

NOISE_FRAMES = 256
"""Of a long video: enough for the mean and spread that a noise start wants."""


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
    begin = first_parameters(frames, settings, generator)

    def step(old: Epitome) -> Iteration[Epitome]:
        return iteration(frames.blocks(), old, settings)

    return converge(begin, step, settings.rule, progress)


def first_parameters(
    frames: ReducedFrames, settings: EpitomeSettings, generator: torch.Generator
) -> Epitome:
    """Build what the first E step uses; of a long video from some of its frames."""
    t, window = len(frames), frames.features.maps.shape[1:3]
    if t <= HELD:
        chosen = torch.cat([block for _, block in frames.blocks()])
    elif settings.start == "noise":
        chosen = frames.at(torch.linspace(0, t - 1, NOISE_FRAMES).round().long())
    else:
        size = window[0], window[1]
        chosen = frames.at(start_frames(t, size, settings.grid, settings.start))
    return start(chosen, settings, generator)


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
    blocks: Iterable[tuple[int, Float32[torch.Tensor, "t h w r"]]],
    old: Epitome,
    settings: EpitomeSettings,
    *,
    everywhere: bool = False,
) -> Iteration[Epitome]:
    """One E step under the old parameters and the M step that follows, in one pass.

    Of each frame's posterior the settings' `keep` most likely locations are given.

    Args:
        blocks: all frames in pieces, each with the number of its first.
        old: the parameters.
        settings: of the EM.
        everywhere: compare every frame with every window, whatever a bound says.
    """
    sums, comparing = Sums.nothing(old, settings), None
    parts: list[Posterior] = []
    best: list[torch.Tensor] = []
    total = 0.0
    for first, block in blocks:
        if comparing is None:
            comparing = Comparison.of(old, block, everywhere=everywhere)
        posterior, likeliest, evidence = e_step(block, old, comparing)
        sums.add(block, posterior)
        kept = strongest(posterior, settings.keep)
        parts.append(Posterior(kept.frame + first, kept.origin, kept.weight))
        best.append(likeliest)
        total += evidence
    new = sums.parameters(old, settings)
    return Iteration(joined(parts), torch.cat(best), total, new)


def e_step(
    reduced: Float32[torch.Tensor, "t h w r"],
    epitome: Epitome,
    comparing: Comparison | None = None,
) -> tuple[Posterior, Int64[torch.Tensor, " t"], float]:
    """Compare every frame with every window (Eq. 2), in log space.

    Args:
        reduced: the frames.
        epitome: the parameters.
        comparing: made of these parameters, where it is there already.

    Returns:
        the posterior, each frame's most likely origin, and the data's
        log-likelihood under these parameters.
    """
    parts: list[Posterior] = []
    best: list[torch.Tensor] = []
    total = 0.0
    if comparing is None:
        comparing = Comparison.of(epitome, reduced)
    for first in range(0, len(reduced), CHUNK):
        piece = reduced[first : first + CHUNK]
        found, likeliest, evidence = comparing.places(piece)
        total += float(evidence.double().sum())
        best.append(likeliest)
        parts.append(Posterior(found.frame + first, found.origin, found.weight))
    return joined(parts), torch.cat(best), total


@dataclass(frozen=True)
class Sums:
    """What the M step adds up over the frames: their values, squares, and how many."""

    values: Float32[torch.Tensor, "gh gw d"]
    squares: Float32[torch.Tensor, "gh gw d"] | None
    usage: Float32[torch.Tensor, "gh gw"]

    @classmethod
    def nothing(cls, old: Epitome, settings: EpitomeSettings) -> "Sums":
        """Make room for grids like the old one."""
        squares = torch.zeros_like(old.mean) if settings.learn_variance else None
        return cls(
            torch.zeros_like(old.mean), squares, torch.zeros_like(old.mean[..., 0])
        )

    def add(
        self, reduced: Float32[torch.Tensor, "t h w r"], posterior: Posterior
    ) -> None:
        """Add frames where they lie; the posterior counts them from 0."""
        add_frames(self.values, self.usage, 0, reduced, posterior)
        if self.squares is not None:
            again = torch.zeros_like(self.usage)
            add_frames(self.squares, again, 0, reduced.square(), posterior)

    def parameters(self, old: Epitome, settings: EpitomeSettings) -> Epitome:
        """Give the new parameters.

        The variance is E[f^2] - mu^2 with the new mean, at least the floor; a cell
        that holds no frame keeps its parameters.
        """
        empty = (self.usage <= EMPTY_CELL)[..., None]
        share = self.usage.clamp(min=EMPTY_CELL)[..., None]
        mean = torch.where(empty, old.mean, self.values / share)
        if self.squares is None:
            return Epitome(mean, old.variance)
        variance = self.squares / share - mean.square()
        variance = variance.clamp(min=settings.variance_floor)
        return Epitome(mean, torch.where(empty, old.variance, variance))


def m_step(
    reduced: Float32[torch.Tensor, "t h w r"],
    posterior: Posterior,
    old: Epitome,
    settings: EpitomeSettings,
) -> Epitome:
    """Average the frames into the cells they lie on (Eq. 3 and 4)."""
    sums = Sums.nothing(old, settings)
    sums.add(reduced, posterior)
    return sums.parameters(old, settings)
