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

import numpy as np
import torch
from jaxtyping import Float32
from torch import nn

from dbs_core.method.features.projection import Projection, l2
from dbs_core.method.imprint.accumulation import spread
from dbs_core.method.imprint.comparing import Epitome, log_joint
from dbs_core.method.imprint.em import e_step, m_step, start
from dbs_core.method.imprint.posterior import Posterior
from dbs_core.method.imprint.settings import EpitomeSettings, MetricSettings
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.records import Maps
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.fcn import Batch, window_cross_entropy

ASSIGNED = 0.1
"""Frames that a cell must hold to be described, as in the mask of assigned cells."""


@dataclass(frozen=True, eq=False)
class LabelledFrames:
    """Some frames of one video: raw maps, and the share of each class."""

    maps: Float32[torch.Tensor, "t h w d"]
    target: Float32[torch.Tensor, "t c"]


Draw = Callable[[torch.Generator], LabelledFrames]
"""Gives frames of one video, others every time."""


@dataclass(frozen=True, eq=False)
class Chain:
    """What a frame's loss runs back through, and the settings of its stages.

    `locate` has the axes to start from, and the mean that stays; `describe` is the
    descriptors' projection; `network` an FCN trained on imprints of `locate`.
    """

    locate: Projection
    describe: Projection
    network: ImprintFCN
    epitome: EpitomeSettings
    settings: MetricSettings


def shaped_by_labels(
    videos: Sequence[Draw],
    chain: Chain,
    *,
    generator: torch.Generator,
    progress: Progress = SILENT,
) -> Projection:
    """Train the locating axes where the network is; itself it stays as it is.

    Args:
        videos: one a training video.
        chain: its `imprint.em` says how imprints are learnt, but for the grid's size.
        generator: draws order and frames, and the EM's starts.
        progress: told about each video.

    Raises:
        Cancelled: the progress was asked to stop.
    """
    settings, epitome = chain.settings, chain.epitome
    network = copy.deepcopy(chain.network).train()
    device = next(network.parameters()).device
    axes = nn.Parameter(torch.from_numpy(chain.locate.axes.copy()).to(device))
    optimiser = torch.optim.Adam(
        [axes, *network.parameters()], lr=settings.learning_rate
    )
    learns = epitome.learn_variance and not epitome.fast
    small = replace(epitome, grid=settings.grid, learn_variance=learns)
    chain = replace(chain, network=network, epitome=small)
    loss, every = 0.0, settings.epochs * len(videos)
    for epoch in range(settings.epochs):
        order = torch.randperm(len(videos), generator=generator).tolist()
        for number, index in enumerate(order):
            done = epoch * len(videos) + number
            progress("metric", done, every, f"loss {loss:.4f}" if done else "")
            drawn = videos[index](generator)
            frames = LabelledFrames(drawn.maps.to(device), drawn.target.to(device))
            value = end_to_end_loss(frames, axes, chain, generator)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            loss = float(value.detach())
    return replace(chain.locate, axes=axes.detach().cpu().numpy())


def end_to_end_loss(
    frames: LabelledFrames,
    axes: Float32[torch.Tensor, "d r"],
    chain: Chain,
    generator: torch.Generator,
) -> Float32[torch.Tensor, ""]:
    """Expected cross-entropy of the frames where the soft posterior puts them.

    An upper bound of the cross-entropy of Eq. 6's scores, and at a certain posterior
    the FCN's own loss (`training.window_cross_entropy`).
    """
    reduced = chain.locate.onto(frames.maps, axes)
    settled, posterior = _settled(reduced.detach(), chain, generator)
    # The last M step again, this time with gradient; its variances stay.
    fixed = replace(chain.epitome, learn_variance=False)
    joint = log_joint(reduced, m_step(reduced, posterior, settled, fixed))
    shape = joint.shape
    q = (joint.flatten(1) / chain.settings.temperature).softmax(dim=1)
    with torch.no_grad():
        described = chain.describe(frames.maps)
    sums, usage = spread(q.reshape(shape), described)
    mask = usage.detach() > ASSIGNED
    # What counts is the mean of described frames; the imprint's are of mean frames.
    cells = l2(sums) * mask[..., None]
    mass = (q.T @ frames.target).T.reshape(1, -1, *shape[1:])
    window = (frames.maps.shape[1], frames.maps.shape[2])
    batch = Batch(torch.zeros_like(mass), mask[None], mass, window)
    return window_cross_entropy(chain.network(cells.permute(2, 0, 1)[None]), batch)


def _settled(
    reduced: Float32[torch.Tensor, "t h w r"], chain: Chain, generator: torch.Generator
) -> tuple[Epitome, Posterior]:
    """Run the EM until it has all but settled: parameters and posterior."""
    with torch.no_grad():
        now = start(reduced, chain.epitome, generator)
        for _ in range(chain.settings.iterations):
            posterior, _, _ = e_step(reduced, now)
            now = m_step(reduced, posterior, now, chain.epitome)
    return now, posterior


def frames_to_draw(maps: Maps, target: Float32[np.ndarray, "t c"], count: int) -> Draw:
    """Draw `count` frames evenly spaced in time, from another first one every time."""

    def draw(generator: torch.Generator) -> LabelledFrames:
        step = max(1.0, len(maps) / count)
        first = float(torch.rand((), generator=generator)) * step
        at = np.arange(first, len(maps), step).astype(np.int64)
        chosen = np.array(maps[at], np.float32)
        return LabelledFrames(torch.from_numpy(chosen), torch.from_numpy(target[at]))

    return draw
