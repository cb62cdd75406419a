"""Training the temporal head: whole videos, cut and joined anew every time.

Cross-entropy with the frames' labels, and DIoU loss on the spans of frames inside an
action. Few videos are learnt by heart: a cut at a background frame, joined with
another video's rest, shows every action between other neighbours (ours).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float32, Float64
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.records import Segments
from dbs_core.runtime.progress import SILENT, Progress

LEAST_S = 1e-3
"""Seconds below which no union is divided by."""


@dataclass(frozen=True, eq=False)
class HeadSample:
    """One video to learn from: input, labels, reach, and where there is an action."""

    frames: Float32[torch.Tensor, "t i"]
    target: Float32[torch.Tensor, "t c"]
    reach_s: Float32[torch.Tensor, "t 2"]
    inside: Bool[torch.Tensor, " t"]

    def __len__(self) -> int:
        return len(self.frames)

    def cut(self, part: slice) -> "HeadSample":
        """Keep a part of the frames."""
        return HeadSample(
            self.frames[part], self.target[part], self.reach_s[part], self.inside[part]
        )


def head_sample(
    frames: Float32[np.ndarray, "t i"],
    target: Float32[np.ndarray, "t c"],
    segments: Segments,
    times_s: Float64[np.ndarray, " t"],
) -> HeadSample:
    """Make a sample; of overlapping actions the later annotated gives the reach."""
    reach = np.zeros((len(times_s), 2), np.float32)
    inside = np.zeros(len(times_s), bool)
    for start, end in segments.spans_s:
        there = (start <= times_s) & (times_s < end)
        reach[there, 0] = times_s[there] - start
        reach[there, 1] = end - times_s[there]
        inside |= there
    arrays = (frames, target, reach, inside)
    return HeadSample(*(torch.from_numpy(np.array(one)) for one in arrays))


def train_head(
    network: TemporalHead,
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
    batches = math.ceil(len(samples) / settings.batch)
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        settings.learning_rate,
        total_steps=settings.epochs * batches,
        pct_start=0.1,
    )
    network.to(device).train()
    averaged = AveragedModel(
        network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaging)
    )
    for epoch in range(settings.epochs):
        progress(name, epoch, settings.epochs)
        order = torch.randperm(len(samples), generator=generator)
        for chosen in order.split(settings.batch):
            picked = [_spliced(samples, i, settings, generator) for i in chosen]
            loss = _loss(network, picked, device)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            averaged.update_parameters(network)
    network.load_state_dict(averaged.module.state_dict())
    network.cpu().eval()


def _loss(
    network: TemporalHead, samples: Sequence[HeadSample], device: torch.device | str
) -> Float32[torch.Tensor, ""]:
    """Cross-entropy of frames with labels, and DIoU of frames inside an action."""
    frames, target, reach, inside = (
        nn.utils.rnn.pad_sequence(list(part), batch_first=True).to(device)
        for part in zip(
            *((s.frames, s.target, s.reach_s, s.inside) for s in samples), strict=True
        )
    )
    logits, found = network(frames)
    loss = -(target * F.log_softmax(logits, dim=-1)).sum() / target.sum().clamp(min=1)
    if bool(inside.any()):
        loss = loss + diou_loss(found[inside], reach[inside]).mean()
    return loss


def diou_loss(
    found: Float32[torch.Tensor, "n 2"], wanted: Float32[torch.Tensor, "n 2"]
) -> Float32[torch.Tensor, " n"]:
    """1 - IoU of two spans about one point, plus how far apart their middles lie.

    The latter squared, as a share of the span that holds both (DIoU in time).
    """
    shared = torch.minimum(found, wanted).sum(1)
    union = found.sum(1) + wanted.sum(1) - shared
    hull = torch.maximum(found, wanted).sum(1)
    apart = ((found[:, 1] - found[:, 0]) - (wanted[:, 1] - wanted[:, 0])) / 2
    iou = shared / union.clamp(min=LEAST_S)
    return 1 - iou + (apart / hull.clamp(min=LEAST_S)).square()


def _spliced(
    samples: Sequence[HeadSample],
    index: torch.Tensor,
    settings: HeadSettings,
    generator: torch.Generator,
) -> HeadSample:
    """Give a sample, or its first part and another's last, cut outside actions."""
    first = samples[int(index)]
    if float(torch.rand((), generator=generator)) >= settings.splice:
        return first
    other = samples[int(torch.randint(len(samples), (), generator=generator))]
    first = first.cut(slice(0, _cut_point(first, generator, len(first) - 1) + 1))
    other = other.cut(slice(_cut_point(other, generator, 0), None))
    return HeadSample(
        *(
            torch.cat([getattr(first, name), getattr(other, name)])
            for name in ("frames", "target", "reach_s", "inside")
        )
    )


def _cut_point(sample: HeadSample, generator: torch.Generator, otherwise: int) -> int:
    """Draw a frame that is in no action; `otherwise` where there is none."""
    outside = (~sample.inside).nonzero()[:, 0]
    if not len(outside):
        return otherwise
    return int(outside[int(torch.randint(len(outside), (), generator=generator))])
