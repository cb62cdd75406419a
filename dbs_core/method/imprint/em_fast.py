"""The EM of `em.py` made fast: all locations coarsely, the best few exactly.

Every pass over the frames is one iteration: a frame is compared with all windows in
bytes, scored in float32 at those few that can hold more than
POSTERIOR_FLOOR of it (both in `search.py`), and added into the next grid's sums. All
variances are one fixed number, so that the coarse order is the order of Eq. 1; on
real video that costs no detection. Posteriors are peaked from the first iteration on
when the EM starts from frames; a noise start needs the full EM.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float32, Int64

from dbs_core.method.imprint.accumulation import EMPTY_CELL, add_frames
from dbs_core.method.imprint.convergence import Course, Iteration, converge
from dbs_core.method.imprint.initial_mean import initial_mean, start_frames
from dbs_core.method.imprint.posterior import POSTERIOR_FLOOR, Posterior
from dbs_core.method.imprint.reduced_frames import Piece, ReducedFrames
from dbs_core.method.imprint.search import Windows, log_joint_at, windows_of
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.runtime.errors import Cancelled
from dbs_core.runtime.progress import SILENT, Progress

SLACK = 0.01
"""What rounding to bytes may change of a score, as a share of its frame's cells."""


@dataclass(frozen=True)
class _Places:
    """The likeliest locations of every frame while a pass fills them in."""

    origin: Int64[torch.Tensor, "t k"]
    weight: Float32[torch.Tensor, "t k"]
    best: Int64[torch.Tensor, " t"]

    @classmethod
    def of(cls, t: int, keep: int, device: torch.device) -> "_Places":
        """Make room."""
        origin = torch.zeros(t, keep, dtype=torch.int64, device=device)
        weight = torch.zeros(t, keep, device=device)
        return cls(origin, weight, torch.zeros_like(origin[:, 0]))

    def part(self, first: int, count: int) -> "_Places":
        """Give the room of some frames, to be written to."""
        span = slice(first, first + count)
        return _Places(self.origin[span], self.weight[span], self.best[span])

    def listed(self, first: int = 0) -> Posterior:
        """Give what is more than nothing as a list; frames count from `first`."""
        frame, k = (self.weight > POSTERIOR_FLOOR).nonzero(as_tuple=True)
        return Posterior(frame + first, self.origin[frame, k], self.weight[frame, k])


def learn(
    frames: ReducedFrames,
    settings: EpitomeSettings,
    generator: torch.Generator,
    progress: Progress = SILENT,
) -> Course:
    """Iterate until the likelihood stands still.

    Raises:
        Cancelled: the progress was asked to stop, between two pieces.
    """
    mean = _start(frames, settings, generator)
    step = partial(iterate, frames, settings=settings, cancelled=progress.cancelled)
    return converge(mean, step, settings.rule, progress)


def iterate(
    frames: ReducedFrames,
    mean: Float32[torch.Tensor, "gh gw r"],
    settings: EpitomeSettings,
    cancelled: Callable[[], bool],
) -> Iteration[Float32[torch.Tensor, "gh gw r"]]:
    """One E step and one M step in one pass.

    Raises:
        Cancelled: `cancelled()` said so between two pieces.
    """
    windows: Windows | None = None
    sums, usage = torch.zeros_like(mean), torch.zeros_like(mean[..., 0])
    # Made whole before the pass: small pieces that stay between large ones that go
    # would keep the heap from shrinking, and memory grow with the video.
    places = _Places.of(len(frames), min(settings.keep, usage.numel()), mean.device)
    total = 0.0
    for piece in frames:
        if cancelled():
            raise Cancelled
        if windows is None:
            windows = windows_of(mean, (piece.frames.shape[1], piece.frames.shape[2]))
        part = places.part(piece.first, len(piece.frames))
        total += _place(piece, windows, settings, part)
        add_frames(sums, usage, piece.first, piece.frames, part.listed(piece.first))
    share = usage.clamp(min=EMPTY_CELL)[..., None]
    mean = torch.where((usage <= EMPTY_CELL)[..., None], mean, sums / share)
    return Iteration(places.listed(), places.best, total, mean)


def _start(
    frames: ReducedFrames, settings: EpitomeSettings, generator: torch.Generator
) -> Float32[torch.Tensor, "gh gw r"]:
    """Lay frames over the grid; only these need be read for it."""
    _, h, w, _ = frames.features.maps.shape
    chosen = start_frames(len(frames), (h, w), settings.grid, settings.start)
    return initial_mean(frames.at(chosen), settings.grid, settings.start, generator)


def _place(
    piece: Piece, windows: Windows, settings: EpitomeSettings, places: _Places
) -> float:
    """Write Eq. 2 for some frames into their places; give their log-likelihood."""
    frames, variance = piece.frames, settings.variance
    score, origin = windows.nearest(frames, piece.rounded, settings.keep)
    # Further behind the best than this, nothing is left of a posterior.
    cells = frames.shape[1] * frames.shape[2]
    margin = -variance * math.log(POSTERIOR_FLOOR) + SLACK * cells
    frame, k = (score >= score[:, :1] - margin).nonzero(as_tuple=True)
    joint = torch.full_like(score, -math.inf)
    joint[frame, k] = log_joint_at(
        frames, frame, origin[frame, k], windows.grid, variance
    )
    evidence = torch.logsumexp(joint, dim=1, keepdim=True)
    places.weight.copy_((joint - evidence).exp_())
    places.origin.copy_(origin)
    places.best.copy_(origin.gather(1, joint.argmax(1, keepdim=True))[:, 0])
    return float(evidence.double().sum())
