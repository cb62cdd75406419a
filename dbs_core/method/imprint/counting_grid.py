"""The tessellated counting grid: the imprint's predecessor, as a baseline.

METHOD section 1.5 (ER3; PAPER takes the epitome instead). A frame is split into 4 x 4
sectors of non-negative features; a cell of the grid holds a distribution over the
features, and a sector is drawn from the mean of the 2 x 2 cells it covers, so a frame
covers 8 x 8 cells. Features -> Course, as the EM of `em.py`; our features are
7 x 7, so their means are laid at the same origin on 7 of the 8 cells.

E: log q[t, k] = sum_s sum_z c[t, s, z] log h[k + 2 s, z] - normaliser; h: mean of pi.
M: pi proportional to a pseudocount + pi * (counts over h, summed where they reach).
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from jaxtyping import Float32
from torch.nn import functional as F

from dbs_core.method.imprint.accumulation import fold, frame_chunks
from dbs_core.method.imprint.convergence import Course, Iteration, converge
from dbs_core.method.imprint.posterior import (
    POSTERIOR_FLOOR,
    Posterior,
    joined,
    strongest,
)
from dbs_core.method.imprint.settings import EpitomeSettings, StoppingRule
from dbs_core.records import Features
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.progress import Progress

SECTORS = 4
"""Along each side of a frame."""
REACH = 2
"""Cells along each side that a sector covers."""
COUNTS = 6400.0
"""Counts of a sector, 100 (w S)^2: how peaked the posterior gets."""
RULE = StoppingRule(iterations=100, tolerance=1e-4, settling=30)
SPARE = 0.1
"""Posteriors below this share of a uniform one are raised to it in the M step."""
PSEUDOCOUNT = 1 / 2.5
"""Of a frame's counts, shared among the cells."""

Grid = Float32[torch.Tensor, "gh gw d"]
Sectors = Float32[torch.Tensor, "t s1 s2 d"]


def learn(
    features: Features,
    settings: EpitomeSettings,
    generator: torch.Generator,
    progress: Progress,
    device: torch.device,
) -> Course:
    """Iterate until the likelihood stands still (ER3's rule).

    Raises:
        InputError: maps of another size.
        Cancelled: the progress was asked to stop, between two pieces.
    """
    _require_frames(features)
    grid, d = settings.grid, features.maps.shape[-1]
    pi = 1 + torch.rand(grid, grid, d, generator=generator)
    pi = (pi / pi.sum(-1, keepdim=True)).to(device)
    step = partial(
        iteration, features, keep=settings.keep, cancelled=progress.cancelled
    )
    return converge(pi, step, RULE, progress)


def iteration(
    features: Features, pi: Grid, keep: int, cancelled: Callable[[], bool]
) -> Iteration[Grid]:
    """One E step and one M step in one pass over the frames.

    Raises:
        Cancelled: `cancelled()` said so between two pieces.
    """
    parts, best, total = [], [], 0.0
    mean, counts = sector_means(pi), torch.zeros_like(pi)
    grid = len(pi)
    for first, sectors in _sectors(features, pi.device):
        if cancelled():
            raise Cancelled
        joint = log_joint(sectors, mean).flatten(1)
        evidence = joint.logsumexp(1, keepdim=True)
        total += float(evidence.double().sum())
        q = (joint - evidence).exp_()
        frame, origin = (q > POSTERIOR_FLOOR).nonzero(as_tuple=True)
        found = Posterior(frame + first, origin, q[frame, origin])
        parts.append(strongest(found, keep))
        best.append(q.argmax(1))
        counts += laid(spared(q).reshape(-1, grid, grid), sectors)
    pi = m_step(pi, mean, counts, COUNTS * SECTORS**2 * PSEUDOCOUNT / grid**2)
    return Iteration(joined(parts), torch.cat(best), total, pi)


def _require_frames(features: Features) -> None:
    """Refuse maps that do not fill what a frame covers here.

    Raises:
        InputError: they are larger, or more than a cell smaller.
    """
    window, covered = features.maps.shape[1:3], SECTORS * REACH
    if not all(covered - 1 <= side <= covered for side in window):
        raise InputError(
            "no counting grid of these maps",
            wanted=f"{covered - 1} or {covered} cells along each side",
            got=f"{window[0]} x {window[1]}",
            cure="--imprint epitome",
        )


def sectors_of(maps: Float32[torch.Tensor, "t h w d"]) -> Sectors:
    """Bring maps to sectors of counts, which sum to COUNTS in each.

    Features below zero, which a ReLU never gives, count as none.
    """
    cells = F.normalize(maps.clamp(min=0), p=1, dim=-1).permute(0, 3, 1, 2)
    sectors = F.adaptive_avg_pool2d(cells, SECTORS).permute(0, 2, 3, 1)
    return COUNTS * F.normalize(sectors, dim=-1).square()


def sector_means(pi: Grid) -> Grid:
    """Mean of the 2 x 2 cells that start at each cell: h."""
    return _two_by_two(pi, -1) / REACH**2


def _two_by_two(grid: Grid, step: int) -> Grid:
    """Sum the 2 x 2 cells that start at each cell (-1), or end there (1).

    In pairs: `torus.window_box` adds in another order, which moves the last digit.
    """
    rows = grid + grid.roll(step, 0)
    return rows + rows.roll(step, 1)


def log_joint(sectors: Sectors, mean: Grid) -> Float32[torch.Tensor, "t gh gw"]:
    """log p(frame | origin) up to a constant: a correlation that skips cells."""
    edge = (SECTORS - 1) * REACH
    image = mean.clamp(min=1e-30).log().permute(2, 0, 1)[None]
    image = F.pad(image, (0, edge, 0, edge), mode="circular")
    return F.conv2d(image, sectors.permute(0, 3, 1, 2), dilation=REACH)[0]


def spared(q: Float32[torch.Tensor, "t l"]) -> Float32[torch.Tensor, "t l"]:
    """Raise small posteriors, so that no place is given up for good (ER3)."""
    raised = q.clamp(min=SPARE / q.shape[1])
    return raised / raised.sum(1, keepdim=True)


def laid(q: Float32[torch.Tensor, "t gh gw"], sectors: Sectors) -> Grid:
    """Add the counts of sectors at the cells where they start."""
    placed = F.conv_transpose2d(
        q[None], sectors.permute(0, 3, 1, 2).contiguous(), dilation=REACH
    )
    return fold(placed[0], q.shape[1], q.shape[2]).permute(1, 2, 0)


def m_step(pi: Grid, mean: Grid, counts: Grid, pseudocount: float) -> Grid:
    """Share each sector's counts among its cells by what they explain of it."""
    share = counts / mean.clamp(min=1e-30)
    found = pi * _two_by_two(share, 1) + pseudocount
    return found / found.sum(-1, keepdim=True)


def _sectors(features: Features, device: torch.device) -> Iterator[tuple[int, Sectors]]:
    """Read frames as sectors, in bounded pieces."""
    for first, maps in frame_chunks(features, device):
        yield first, sectors_of(maps)
