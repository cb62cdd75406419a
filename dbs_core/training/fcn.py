"""Training the FCN on imprints (PAPER Table 3; METHOD section 4): a plain loop.

Soft-label cross-entropy, Adam, shuffled batches. The paper's loss looks at cells; ours
looks at windows, which is what back-projection reads: the mean of a window's
probabilities should be the class of the frames that lie there. Augmentation uses what
the grid is: any cyclic shift of a torus is the same imprint, and so is its mirror
image. To a network that looks at each cell by itself all of these are one: it is shown
the assigned cells alone, as they stand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32
from torch.nn import functional as F

from dbs_core.method.imprint.torus import window_box
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.runtime.progress import SILENT, Progress

HELD = 64_000_000
"""Numbers of all descriptors up to which they are held with their context: half a
gigabyte."""
Tensors = tuple[torch.Tensor, ...]
"""Of a sample, channels first: descriptors, target, mask, mass. A network that looks at
each cell by itself is shown the assigned ones, cells first."""


@dataclass(frozen=True, eq=False)
class TrainingSample:
    """One imprint to learn from: descriptors, annotation map, assigned cells.

    `mass` counts the frames of each class at each window origin.
    """

    descriptors: Float16[np.ndarray, "gh gw d"]
    target: Float32[np.ndarray, "gh gw c"]
    mask: Bool[np.ndarray, "gh gw"]
    mass: Float32[np.ndarray, "gh gw c"]
    window: tuple[int, int] = (7, 7)
    """Cells of a frame's map."""


@dataclass(frozen=True)
class Batch:
    """What the cells of a few samples should say, channels first."""

    target: Float32[torch.Tensor, "b c gh gw"]
    mask: Bool[torch.Tensor, "b gh gw"]
    mass: Float32[torch.Tensor, "b c gh gw"]
    window: tuple[int, int] = (7, 7)


def train(
    network: ImprintFCN,
    samples: Sequence[TrainingSample],
    settings: TrainingSettings,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
) -> list[float]:
    """Train in place and give the mean loss of each epoch.

    Raises:
        Cancelled: the progress was asked to stop, between two batches.
    """
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,
    )
    loss_of = window_cross_entropy if settings.loss == "windows" else cell_cross_entropy
    network.to(device).train()
    shown = _shown(network, samples)
    losses: list[float] = []
    for epoch in range(settings.epochs):
        order = torch.randperm(len(samples), generator=generator)
        total = 0.0
        for number, chosen in enumerate(order.split(settings.batch)):
            _report(progress, epoch, number, len(order), losses, settings)
            picked = [shown(i) for i in chosen.tolist()]
            if settings.augment and not network.pointwise:
                picked = [
                    _augmented(one, samples[0].window, settings.mirror, generator)
                    for one in picked
                ]
            descriptors, *others = zip(*picked, strict=True)
            target, mask, mass = (torch.stack(part).to(device) for part in others)
            batch = Batch(target, mask, mass, samples[0].window)
            logits = _logits(network, [one.to(device) for one in descriptors], mask)
            loss = loss_of(logits, batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * len(chosen)
        losses.append(total / max(len(order), 1))
    return losses


def cell_cross_entropy(
    logits: Float32[torch.Tensor, "b c gh gw"], batch: Batch
) -> Float32[torch.Tensor, ""]:
    """Mean over assigned cells of -sum_c Y log P (METHOD section 4).

    Cells with an empty target (only ambiguous frames) say nothing.
    """
    known = batch.mask & (batch.target.sum(1) > 0)
    loss = -(batch.target * F.log_softmax(logits, dim=1)).sum(1)
    return (loss * known).sum() / known.sum().clamp(min=1)


def window_cross_entropy(
    logits: Float32[torch.Tensor, "b c gh gw"], batch: Batch
) -> Float32[torch.Tensor, ""]:
    """Cross-entropy of each frame's back-projected score with its label (ours).

    The score at a window origin is the mean probability over its assigned cells, as
    in `backprojection`; each origin counts by its frames.
    """
    mask = batch.mask[:, None].float()
    inside = _window_means(logits.softmax(dim=1) * mask, batch.window)
    share = inside / _window_means(mask, batch.window).clamp(min=1e-6)
    likelihood = share.clamp(min=1e-6).log()
    return -(batch.mass * likelihood).sum() / batch.mass.sum().clamp(min=1e-6)


def _window_means(
    grid: Float32[torch.Tensor, "b c gh gw"], window: tuple[int, int]
) -> Float32[torch.Tensor, "b c gh gw"]:
    """Mean over the window that starts at each cell."""
    return window_box(grid, window) / (window[0] * window[1])


def _logits(
    network: ImprintFCN,
    descriptors: Sequence[torch.Tensor],
    mask: Bool[torch.Tensor, "b gh gw"],
) -> Float32[torch.Tensor, "b c gh gw"]:
    """Label the grids; where only assigned cells were shown the others get zeros."""
    if not network.pointwise:
        return network(torch.stack(list(descriptors)))
    logits = torch.cat(network.of_cells(descriptors))
    grid = logits.new_zeros(*mask.shape, logits.shape[1])
    return grid.masked_scatter(mask[..., None], logits).permute(0, 3, 1, 2)


def _tensors(sample: TrainingSample) -> Tensors:
    """Descriptors [d gh gw], target [c gh gw], mask [gh gw], mass [c gh gw]."""
    return (
        torch.from_numpy(sample.descriptors.astype(np.float32)).permute(2, 0, 1),
        torch.from_numpy(np.array(sample.target)).permute(2, 0, 1),
        torch.from_numpy(np.array(sample.mask)),
        torch.from_numpy(np.array(sample.mass)).permute(2, 0, 1),
    )


def _shown(
    network: ImprintFCN, samples: Sequence[TrainingSample]
) -> Callable[[int], Tensors]:
    """Give what shows the network a sample; few are made once and held."""

    def shown(index: int) -> Tensors:
        descriptors, target, mask, mass = _tensors(samples[index])
        if network.pointwise:
            if network.context:
                descriptors = network.with_context(descriptors[None])[0]
            descriptors = descriptors.permute(1, 2, 0)[mask]
        return descriptors, target, mask, mass

    if len(samples) * samples[0].descriptors.size > HELD:
        return shown
    return [shown(index) for index in range(len(samples))].__getitem__


def _augmented(
    sample: Tensors, window: tuple[int, int], mirror: bool, generator: torch.Generator
) -> Tensors:
    """Shift the torus, and mirror every other one if wanted: each as a whole.

    Mirrored, the window that started at column n starts at -n - w: masses move
    along with the windows they count.
    """
    size = sample[2].shape
    shift = [int(torch.randint(n, (), generator=generator)) for n in size]
    x, y, mask, mass = (p.roll(shift, dims=(-2, -1)) for p in sample)
    if mirror and bool(torch.randint(2, (), generator=generator)):
        x, y, mask = x.flip(-1), y.flip(-1), mask.flip(-1)
        mass = mass.flip(-1).roll(-(window[1] - 1), dims=-1)
    return x, y, mask, mass


def _report(
    progress: Progress,
    epoch: int,
    number: int,
    samples: int,
    losses: Sequence[float],
    settings: TrainingSettings,
) -> None:
    detail = f"epoch {epoch + 1} of {settings.epochs}"
    if losses:
        detail += f", loss {losses[-1]:.4f}"
    done = epoch * samples + number * settings.batch
    progress("train", done, settings.epochs * samples, detail)
