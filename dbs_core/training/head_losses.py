"""The losses of the temporal heads: of one scale, and of several.

Both: cross-entropy with the frames' labels, and DIoU of spans. At one scale every
frame inside an action answers for its span; on the pyramid the points near its middle
do, on the levels whose range it falls into, and focal loss of each class by itself
tells them from all others.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float32
from torch import nn
from torch.nn import functional as F

from dbs_core.method.detection.pyramid import Points, PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.detection.sharpening import HeadNetwork
from dbs_core.records import BACKGROUND
from dbs_core.training.head_sample import HeadSample
from dbs_core.training.head_strip import strip

LEAST = 1e-3
"""Seconds or samples below which no union is divided by."""
FOCUS, BALANCE = 2.0, 0.25
"""Gamma and alpha of the focal loss, its authors' values."""
Loss = Float32[torch.Tensor, ""]


def head_loss(
    network: HeadNetwork,
    samples: Sequence[HeadSample],
    settings: HeadSettings,
    device: torch.device | str,
) -> Loss:
    """Give the loss of a few videos at once."""
    if isinstance(network, PyramidHead):
        laid = strip(samples, settings.levels)
        target, video = laid.target.to(device), laid.video.to(device)
        logits, levels = network(laid.frames.to(device), video)
        spans = _points_loss(levels, video >= 0, laid.spans, samples, settings)
    else:
        frames, target = (
            nn.utils.rnn.pad_sequence(list(part), batch_first=True).to(device)
            for part in zip(*((s.frames, s.target) for s in samples), strict=True)
        )
        logits, found = network(frames)
        spans = _reach_loss(found, samples)
    labels = -(target * F.log_softmax(logits, dim=-1)).sum() / target.sum().clamp(min=1)
    return labels + spans


def _reach_loss(
    found: Float32[torch.Tensor, "b t 2"],
    samples: Sequence[HeadSample],
) -> Loss:
    """Give the mean DIoU loss of all frames inside an action."""
    reach, inside = (
        nn.utils.rnn.pad_sequence(list(part), batch_first=True).to(found.device)
        for part in zip(*((s.reach_s, s.inside) for s in samples), strict=True)
    )
    if not bool(inside.any()):
        return found.new_zeros(())
    return diou_loss(found[inside], reach[inside]).mean()


def _points_loss(
    levels: Sequence[Points],
    there: Bool[torch.Tensor, " t"],
    spans: Sequence[int],
    samples: Sequence[HeadSample],
    settings: HeadSettings,
) -> Loss:
    """Give the focal loss of all points, and the DIoU loss of those that answer."""
    each = zip(*((p.logits, p.reach, there[:: p.stride]) for p in levels), strict=True)
    logits, reach, known = (torch.cat(part) for part in each)
    told = [
        _of_levels(sample, span, logits.shape[1], settings)
        for sample, span in zip(samples, spans, strict=True)
    ]
    # By level first, then by video, as the points lie.
    ordered = (one for level in zip(*told, strict=True) for one in level)
    labels, wanted = (
        torch.cat(part).to(there.device) for part in zip(*ordered, strict=True)
    )
    answering = known & labels.any(dim=1)
    found = diou_loss(reach[answering], wanted[answering])
    classes = focal_loss(logits, labels) * known[:, None]
    return (classes.sum() + found.sum()) / max(len(found), 1)


def _of_levels(
    sample: HeadSample, span: int, classes: int, settings: HeadSettings
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Say what the points of a stretch of the strip should, level by level."""
    counts = [span // 2**level for level in range(settings.levels)]
    labels, reach = answers(sample.actions, counts, classes, settings)
    return list(zip(labels.split(counts), reach.split(counts), strict=True))


def answers(
    actions: Float32[torch.Tensor, "k 3"],
    counts: Sequence[int],
    classes: int,
    settings: HeadSettings,
) -> tuple[Float32[torch.Tensor, "n a"], Float32[torch.Tensor, "n 2"]]:
    """Say what the points of all levels should: their classes, and their reach.

    A point in several actions says all their classes, and the reach of the shortest.

    Args:
        actions: start and end of each in samples, and its label.
        counts: points of each level, whose points lie 2 ** level samples apart.
        classes: without background.
        settings: for the ranges, and how near the middle a point must lie.

    Returns:
        Labels and reach in samples, level after level.
    """
    each = torch.tensor(counts)
    stride = torch.repeat_interleave(2.0 ** torch.arange(len(counts)), each)
    at = torch.cat([torch.arange(count) for count in counts]) * stride
    ranges = torch.tensor(settings.ranges, dtype=torch.float32).reshape(-1, 2)
    least, most = ranges.repeat_interleave(each, dim=0).T[..., None]
    longest_first = (actions[:, 0] - actions[:, 1]).argsort(stable=True)
    start, end, label = actions[longest_first].T
    reach = torch.stack([at[:, None] - start, end - at[:, None]], dim=-1)
    far = reach.amax(dim=-1)
    there = (reach[..., 0] >= 0) & (reach[..., 1] > 0) & (far >= least) & (far <= most)
    middle = (start + end) / 2
    there &= (at[:, None] - middle).abs() <= settings.centre * stride[:, None]
    said = F.one_hot(label.long() - BACKGROUND - 1, classes).float()
    labels = (there.float() @ said).clamp(max=1)
    return labels, _of_last(reach, there)


def _of_last(
    reach: Float32[torch.Tensor, "n k 2"], there: Bool[torch.Tensor, "n k"]
) -> Float32[torch.Tensor, "n 2"]:
    """Take of each point the last reach that is there; zeros where none is."""
    number = torch.arange(1, there.shape[1] + 1)
    last = F.pad(there * number, (1, 0)).amax(dim=1)
    return F.pad(reach, (0, 0, 1, 0))[torch.arange(len(last)), last]


def focal_loss(
    logits: Float32[torch.Tensor, "n a"], labels: Float32[torch.Tensor, "n a"]
) -> Float32[torch.Tensor, "n a"]:
    """Cross-entropy of each class by itself, small where the answer is sure already."""
    plain = F.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    wrong = (logits.sigmoid() - labels).abs()
    weight = BALANCE * labels + (1 - BALANCE) * (1 - labels)
    return weight * wrong**FOCUS * plain


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
    iou = shared / union.clamp(min=LEAST)
    return 1 - iou + (apart / hull.clamp(min=LEAST)).square()
