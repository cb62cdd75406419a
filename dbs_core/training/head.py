"""Training the temporal head: whole videos, cut and joined anew every time.

Cross-entropy with the frames' labels, and what the head's kind asks of spans
(`head_losses.py`). Few videos are learnt by heart: a cut at a background frame, joined
with another video's rest, shows every action between other neighbours (ours).
"""

import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.head_losses import head_loss
from dbs_core.training.head_sample import HeadSample, spliced


def train_head(
    network: HeadNetwork,
    samples: Sequence[HeadSample],
    settings: HeadSettings,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
    name: str = "head",
) -> None:
    """Train in place; the network ends with the running mean of its weights.

    Raises:
        Cancelled: the progress was asked to stop, between two batches.
    """
    steps = settings.epochs * math.ceil(len(samples) / settings.batch)
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        settings.learning_rate,
        total_steps=steps,
        pct_start=_warming(steps),
    )
    network.to(device).train()
    averaged = AveragedModel(
        network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaging)
    )
    for epoch in range(settings.epochs):
        progress(name, epoch, settings.epochs)
        order = torch.randperm(len(samples), generator=generator)
        for chosen in order.split(settings.batch):
            picked = [_picked(samples, i, settings, generator) for i in chosen]
            loss = head_loss(network, picked, settings, device)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            averaged.update_parameters(network)
    network.load_state_dict(averaged.module.state_dict())
    network.cpu().eval()


def _warming(steps: int) -> float:
    """Give the share of steps in which the rate grows: a tenth.

    Of ten steps that would end with the first, and PyTorch divides by what is between.
    """
    return 0.15 if steps == 10 else 0.1


def _picked(
    samples: Sequence[HeadSample],
    index: torch.Tensor,
    settings: HeadSettings,
    generator: torch.Generator,
) -> HeadSample:
    """Give a sample, or its first part and another's last."""
    first = samples[int(index)]
    if float(torch.rand((), generator=generator)) >= settings.splice:
        return first
    other = samples[int(torch.randint(len(samples), (), generator=generator))]
    return spliced(first, other, generator)
