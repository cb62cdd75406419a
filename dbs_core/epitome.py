"""The video imprint: an epitome learnt by EM on a torus (METHOD section 1.2).

Features -> ImprintFit. The E step compares every frame with every window of the
grid, the M step averages frames into cells; PAPER equations 1-4, reconstructed.
Both are written as convolutions: the padded grid is the image, the frames are the
filters (METHOD section 1.3, direct route), so a CPU's and a GPU's fastest code does
the work. `epitome_exact.py` is the same in float64 by plain loops, for tests.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch.nn import functional as F

from dbs_core.errors import Cancelled, InputError
from dbs_core.projection import Projection
from dbs_core.records import Features, Imprint, ImprintFit, Placement
from dbs_core.start import Start, initial_mean

# A posterior below this is nothing: dropping it moves a mean by less than float32
# rounding does, and leaves the M step a handful of locations a frame.
POSTERIOR_FLOOR = 1e-8
# A cell that holds less than this of a frame keeps its old mean (METHOD 1.4).
EMPTY_CELL = 1e-10
# Frames in one convolution: bounds memory at any length of video.
CHUNK = 256
# Locations a frame above which the M step runs as a convolution.
DENSE = 64


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


@dataclass(frozen=True)
class Posterior:
    """q as a list: entry i says that `frame[i]` lies at `origin[i]` with `weight[i]`.

    `origin` is row * gw + column; entries below POSTERIOR_FLOOR are left out.
    """

    frame: Int64[torch.Tensor, " e"]
    origin: Int64[torch.Tensor, " e"]
    weight: Float32[torch.Tensor, " e"]


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
    return torch.cat([locate(maps) for _, maps in _chunks(features, device)])


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
    return _join(parts), torch.cat(best), total


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
    sums, usage = _sums([(0, reduced)], posterior, size)
    empty = (usage <= EMPTY_CELL)[..., None]
    share = usage.clamp(min=EMPTY_CELL)[..., None]
    mean = torch.where(empty, old.mean, sums / share)
    if not settings.learn_variance:
        return Epitome(mean, old.variance)
    squares, _ = _sums([(0, reduced.square())], posterior, size)
    variance = (squares / share - mean.square()).clamp(min=settings.variance_floor)
    return Epitome(mean, torch.where(empty, old.variance, variance))


def sparse_placement(
    posterior: Posterior, features: Features, size: tuple[int, int], keep: int
) -> Placement:
    """Keep each frame's `keep` most likely locations as a record."""
    t = len(features)
    order = np.lexsort(
        (
            posterior.origin.cpu().numpy(),
            -posterior.weight.cpu().numpy(),
            posterior.frame.cpu().numpy(),
        )
    )
    frame = posterior.frame.cpu().numpy()[order]
    rank = np.arange(len(frame)) - np.searchsorted(frame, frame)
    kept = rank < keep
    frame, rank, order = frame[kept], rank[kept], order[kept]
    origin = posterior.origin.cpu().numpy()[order]
    depth = int(rank.max()) + 1
    locations = np.zeros((t, depth, 2), np.int16)
    weights = np.zeros((t, depth), np.float32)
    locations[frame, rank] = np.stack([origin // size[1], origin % size[1]], -1)
    weights[frame, rank] = posterior.weight.cpu().numpy()[order]
    window = features.maps.shape[1], features.maps.shape[2]
    return Placement(
        locations, weights, size, window, features.times_s, features.duration_s
    )


def posterior_of(placement: Placement) -> Posterior:
    """Read a placement as a posterior again: its kept locations, sorted by frame."""
    frame, k = np.nonzero(placement.weights > 0)
    place = placement.locations[frame, k].astype(np.int64)
    return Posterior(
        torch.from_numpy(np.ascontiguousarray(frame)),
        torch.from_numpy(place[:, 0] * placement.grid[1] + place[:, 1]),
        torch.from_numpy(placement.weights[frame, k]),
    )


def imprint_of(
    features: Features, placement: Placement, device: torch.device | str = "cpu"
) -> Imprint:
    """Average features into the cells where a placement says they lie.

    Step 2 of the two-step scheme: any features of the same frames will do, the full
    dimensions or patches of pixels. Cells that hold nothing are zero.
    """
    posterior = posterior_of(placement)
    located = Posterior(
        posterior.frame.to(device),
        posterior.origin.to(device),
        posterior.weight.to(device),
    )
    sums, usage = _sums(_chunks(features, device), located, placement.grid)
    mean = sums / usage.clamp(min=EMPTY_CELL)[..., None]
    mean[usage <= EMPTY_CELL] = 0
    return Imprint(mean.cpu().numpy(), usage.float().cpu().numpy())


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


def _sums(
    chunks: Iterable[tuple[int, Float32[torch.Tensor, "t h w d"]]],
    posterior: Posterior,
    size: tuple[int, int],
) -> tuple[Float32[torch.Tensor, "gh gw d"], Float32[torch.Tensor, "gh gw"]]:
    """Add weighted frames into the grid, and count what lies on each cell."""
    sums: torch.Tensor | None = None
    usage = posterior.weight.new_zeros(*size)
    for first, maps in chunks:
        if sums is None:
            sums = maps.new_zeros(*size, maps.shape[-1])
        _add_chunk(sums, usage, first, maps, posterior)
    if sums is None:
        raise InputError("no frame to make an imprint of")
    return sums, usage


def _add_chunk(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    posterior: Posterior,
) -> None:
    """Add the frames from number `first` on; the posterior is sorted by frame."""
    t = len(maps)
    span = torch.tensor([first, first + t], device=maps.device)
    low, high = torch.searchsorted(posterior.frame, span).tolist()
    if high - low > DENSE * t:
        _add_dense(sums, usage, first, maps, _slice(posterior, low, high))
        return
    for part in range(low, high, CHUNK):
        entries = _slice(posterior, part, min(part + CHUNK, high))
        _add_listed(sums, usage, first, maps, entries)


def _add_listed(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add entry by entry: what peaked posteriors want."""
    (gh, gw), (h, w, d) = usage.shape, maps.shape[1:]
    offset = torch.arange(h * w, device=maps.device)
    row = (entries.origin // gw)[:, None] + offset // w
    column = (entries.origin % gw)[:, None] + offset % w
    cell = (row % gh * gw + column % gw).flatten()
    values = maps[entries.frame - first].reshape(-1, h * w, d)
    weighted = (values * entries.weight[:, None, None]).flatten(0, 1)
    sums.view(-1, d).index_add_(0, cell, weighted)
    usage.view(-1).index_add_(0, cell, entries.weight.repeat_interleave(h * w))


def _add_dense(
    sums: Float32[torch.Tensor, "gh gw d"],
    usage: Float32[torch.Tensor, "gh gw"],
    first: int,
    maps: Float32[torch.Tensor, "t h w d"],
    entries: Posterior,
) -> None:
    """Add by one transposed convolution: what a flat posterior (noise start) wants."""
    (t, h, w, _), (gh, gw) = maps.shape, usage.shape
    q = maps.new_zeros(t, gh * gw)
    q[entries.frame - first, entries.origin] = entries.weight
    image = q.reshape(1, t, gh, gw)
    spread = F.conv_transpose2d(image, maps.permute(0, 3, 1, 2).contiguous())
    sums += _fold(spread[0], gh, gw).permute(1, 2, 0)
    box = F.conv_transpose2d(image.sum(1, keepdim=True), maps.new_ones(1, 1, h, w))
    usage += _fold(box[0], gh, gw)[0]


def _fold(
    spread: Float32[torch.Tensor, "c gh_h gw_w"], gh: int, gw: int
) -> Float32[torch.Tensor, "c gh gw"]:
    """Add what hangs over the lower and right border back at the other side."""
    rows = spread[:, :gh].clone()
    rows[:, : spread.shape[1] - gh] += spread[:, gh:]
    folded = rows[:, :, :gw].clone()
    folded[:, :, : spread.shape[2] - gw] += rows[:, :, gw:]
    return folded


def _chunks(
    features: Features, device: torch.device | str
) -> Iterator[tuple[int, Float32[torch.Tensor, "t h w d"]]]:
    """Read frames in bounded pieces: the maps may be a memory map larger than RAM."""
    for first in range(0, len(features), CHUNK):
        maps = np.array(features.maps[first : first + CHUNK])
        yield first, torch.from_numpy(maps).to(device).float()


def _slice(posterior: Posterior, low: int, high: int) -> Posterior:
    return Posterior(
        posterior.frame[low:high],
        posterior.origin[low:high],
        posterior.weight[low:high],
    )


def _join(parts: list[Posterior]) -> Posterior:
    return Posterior(
        torch.cat([p.frame for p in parts]),
        torch.cat([p.origin for p in parts]),
        torch.cat([p.weight for p in parts]),
    )
