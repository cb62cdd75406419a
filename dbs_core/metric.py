"""Axes that labels shape: the end-to-end variant (ours; PAPER's future work).

An imprint is made anew for every video, without labels. What all imprints share is the
projection in which the EM compares frames with cells, so that is what labels can
shape. Here its axes are trained together with the FCN: the frames' loss runs back
through back-projection, FCN and the descriptors' M step into the soft posterior
(Eq. 2), and through that and the EM's last M step (Eq. 3) into the axes. The EM before
that one iteration runs without gradient, to where the imprint settles; small imprints
of a part of each video's frames stand for the whole ones. The imprints of a run are
then made as ever, with these axes.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float32
from torch import nn

from dbs_core.accumulation import EMPTY_CELL, accumulate, spread
from dbs_core.epitome import Epitome, e_step, log_joint, m_step, start
from dbs_core.epitome_settings import EpitomeSettings
from dbs_core.errors import InputError
from dbs_core.posterior import Posterior
from dbs_core.progress import SILENT, Progress
from dbs_core.projection import Projection, l2
from dbs_core.segmentation import ImprintFCN
from dbs_core.training import Batch, window_cross_entropy

MetricKind = Literal["pca", "labels"]
ASSIGNED = 0.1
"""Frames that a cell must hold to be described, as in the mask of assigned cells."""


@dataclass(frozen=True)
class MetricSettings:
    """Where the EM's axes come from, and how labels shape them."""

    kind: MetricKind = "pca"
    """`pca` is METHOD section 2.3; `labels` starts there."""
    epochs: int = 5
    frames: int = 256
    """Of each video, drawn anew in every epoch."""
    grid: int = 24
    """As many frames a cell as 1024 on 48 x 48."""
    iterations: int = 4
    """Of the EM before the one that gradients run through."""
    temperature: float = 49.0
    """Divides the log joint: a frame's 49 cells are far from independent, and a
    posterior that is all but certain has no gradient."""
    learning_rate: float = 3e-4

    def __post_init__(self) -> None:
        for name in ("epochs", "frames", "iterations"):
            if (value := getattr(self, name)) < 1:
                raise InputError(f"metric's {name}", wanted="at least 1", got=value)


@dataclass(frozen=True, eq=False)
class LabelledFrames:
    """Some frames of one video: raw maps, and the share of each class."""

    maps: Float32[torch.Tensor, "t h w d"]
    target: Float32[torch.Tensor, "t c"]


Draw = Callable[[torch.Generator], LabelledFrames]
"""Gives frames of one video, others every time."""


def shaped_by_labels(
    videos: Sequence[Draw],
    locate: Projection,
    describe: Projection,
    network: ImprintFCN,
    epitome: EpitomeSettings,
    settings: MetricSettings,
    *,
    generator: torch.Generator,
    progress: Progress = SILENT,
) -> Projection:
    """Train the locating axes; the network given stays as it is.

    Args:
        videos: one a training video.
        locate: the axes to start from, with the mean that stays.
        describe: the descriptors' projection.
        network: an FCN trained on imprints of `locate`; where it is, is computed.
        epitome: how imprints are learnt; the grid is `settings.grid`.
        settings: of this training.
        generator: draws order and frames, and the EM's starts.
        progress: told about each video.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    device = next(network.parameters()).device
    axes = nn.Parameter(torch.from_numpy(locate.axes.copy()).to(device))
    network = copy.deepcopy(network).train()
    optimiser = torch.optim.Adam(
        [axes, *network.parameters()], lr=settings.learning_rate
    )
    learns = epitome.learn_variance and not epitome.fast
    small = replace(epitome, grid=settings.grid, learn_variance=learns)
    loss = 0.0
    for epoch in range(settings.epochs):
        for number, index in enumerate(
            torch.randperm(len(videos), generator=generator)
        ):
            done, every = epoch * len(videos) + number, settings.epochs * len(videos)
            progress("metric", done, every, f"loss {loss:.4f}" if done else "")
            drawn = videos[int(index)](generator)
            frames = LabelledFrames(drawn.maps.to(device), drawn.target.to(device))
            value = end_to_end_loss(
                frames, axes, locate, describe, network, small, settings, generator
            )
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            loss = float(value.detach())
    return replace(locate, axes=axes.detach().cpu().numpy())


def end_to_end_loss(
    frames: LabelledFrames,
    axes: Float32[torch.Tensor, "d r"],
    locate: Projection,
    describe: Projection,
    network: ImprintFCN,
    epitome: EpitomeSettings,
    settings: MetricSettings,
    generator: torch.Generator,
) -> Float32[torch.Tensor, ""]:
    """Expected cross-entropy of the frames where the soft posterior puts them.

    An upper bound of the cross-entropy of Eq. 6's scores, and at a certain posterior
    the FCN's own loss (`training.window_cross_entropy`).
    """
    mean = torch.from_numpy(locate.mean).to(axes.device)
    reduced = l2(l2(frames.maps) @ axes - mean @ axes)
    settled, posterior = _settled(reduced.detach(), epitome, settings, generator)
    joint = log_joint(reduced, _last_step(reduced, settled, posterior))
    shape = joint.shape
    q = (joint.flatten(1) / settings.temperature).softmax(dim=1)
    with torch.no_grad():
        described = describe(frames.maps)
    sums, usage = spread(q.reshape(shape), described)
    mask = usage.detach() > ASSIGNED
    # What counts is the mean of described frames; the imprint's are of mean frames.
    cells = l2(sums) * mask[..., None]
    mass = (q.T @ frames.target).T.reshape(1, -1, *shape[1:])
    batch = Batch(
        cells.permute(2, 0, 1)[None],
        torch.zeros_like(mass),
        mask[None],
        mass,
        (frames.maps.shape[1], frames.maps.shape[2]),
    )
    return window_cross_entropy(network(batch.descriptors), batch)


def _settled(
    reduced: Float32[torch.Tensor, "t h w r"],
    epitome: EpitomeSettings,
    settings: MetricSettings,
    generator: torch.Generator,
) -> tuple[Epitome, Posterior]:
    """Run the EM until it has all but settled: parameters and posterior."""
    with torch.no_grad():
        now = start(reduced, epitome, generator)
        for _ in range(settings.iterations):
            posterior, _, _ = e_step(reduced, now)
            now = m_step(reduced, posterior, now, epitome)
    return now, posterior


def _last_step(
    reduced: Float32[torch.Tensor, "t h w r"], settled: Epitome, posterior: Posterior
) -> Epitome:
    """Give the means of the last M step again, this time with gradient."""
    size = settled.mean.shape[0], settled.mean.shape[1]
    sums, usage = accumulate([(0, reduced)], posterior, size)
    share = usage.clamp(min=EMPTY_CELL)[..., None]
    empty = (usage <= EMPTY_CELL)[..., None]
    return Epitome(torch.where(empty, settled.mean, sums / share), settled.variance)


def frames_to_draw(
    maps: np.ndarray, target: Float32[np.ndarray, "t c"], count: int
) -> Draw:
    """Draw `count` frames evenly spaced in time, from another first one every time."""

    def draw(generator: torch.Generator) -> LabelledFrames:
        step = max(1.0, len(maps) / count)
        first = float(torch.rand((), generator=generator)) * step
        at = np.arange(first, len(maps), step).astype(np.int64)
        chosen = np.array(maps[at], np.float32)
        return LabelledFrames(torch.from_numpy(chosen), torch.from_numpy(target[at]))

    return draw
