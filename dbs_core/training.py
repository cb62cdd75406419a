"""Training the FCN on imprints (PAPER Table 3; METHOD section 4): a plain loop.

Masked soft-label cross-entropy, Adam, shuffled batches. Augmentation uses what the
grid is: any cyclic shift of a torus is the same imprint, and so is its mirror image.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float16, Float32
from torch.nn import functional as F

from dbs_core.progress import SILENT, Progress
from dbs_core.segmentation import ImprintFCN


@dataclass(frozen=True, eq=False)
class TrainingSample:
    """One imprint to learn from: descriptors, annotation map, assigned cells."""

    descriptors: Float16[np.ndarray, "gh gw d"]
    target: Float32[np.ndarray, "gh gw c"]
    mask: Bool[np.ndarray, "gh gw"]


@dataclass(frozen=True)
class TrainingSettings:
    """How the FCN is trained; PAPER's values where it gives them."""

    epochs: int = 10
    batch: int = 16
    learning_rate: float = 1e-3
    """Adam's default (METHOD section 4: OPEN)."""
    weight_decay: float = 0.0
    augment: bool = True
    """Random cyclic shifts and left-right mirroring of each imprint (ours)."""


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
    optimiser = torch.optim.Adam(
        network.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    network.to(device).train()
    losses: list[float] = []
    for epoch in range(settings.epochs):
        order = torch.randperm(len(samples), generator=generator).tolist()
        total = 0.0
        for first in range(0, len(order), settings.batch):
            detail = f"epoch {epoch + 1}/{settings.epochs}"
            if losses:
                detail += f", loss {losses[-1]:.4f}"
            progress(
                "train",
                epoch * len(order) + first,
                settings.epochs * len(order),
                detail,
            )
            chosen = [samples[i] for i in order[first : first + settings.batch]]
            batch = [_augmented(s, settings.augment, generator) for s in chosen]
            x, y, mask = (
                torch.stack(part).to(device) for part in zip(*batch, strict=True)
            )
            loss = masked_cross_entropy(network(x), y, mask)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * len(chosen)
        losses.append(total / max(len(order), 1))
    return losses


def masked_cross_entropy(
    logits: Float32[torch.Tensor, "b c gh gw"],
    target: Float32[torch.Tensor, "b c gh gw"],
    mask: Bool[torch.Tensor, "b gh gw"],
) -> Float32[torch.Tensor, ""]:
    """Mean over assigned cells of -sum_c Y log P (METHOD section 4).

    Cells with an empty target (only ambiguous frames) say nothing.
    """
    known = mask & (target.sum(1) > 0)
    loss = -(target * F.log_softmax(logits, dim=1)).sum(1)
    return (loss * known).sum() / known.sum().clamp(min=1)


def _augmented(
    sample: TrainingSample, augment: bool, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shift and mirror alike: descriptors [d gh gw], target [c gh gw], mask."""
    parts = (
        torch.from_numpy(sample.descriptors.astype(np.float32)).permute(2, 0, 1),
        torch.from_numpy(np.array(sample.target)).permute(2, 0, 1),
        torch.from_numpy(np.array(sample.mask)),
    )
    if not augment:
        return parts
    size = sample.mask.shape
    shift = [int(torch.randint(n, (), generator=generator)) for n in size]
    mirror = bool(torch.randint(2, (), generator=generator))
    x, y, mask = (part.roll(shift, dims=(-2, -1)) for part in parts)
    if mirror:
        x, y, mask = x.flip(-1), y.flip(-1), mask.flip(-1)
    return x, y, mask
