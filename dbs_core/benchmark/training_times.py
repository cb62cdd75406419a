"""Seconds of one step of training: of the FCN, and of the temporal head.

The FCN's once more on whole grids, shifted about the torus, as any network that looks
at neighbours is trained.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from dbs_core.benchmark.sizes import Sizes
from dbs_core.benchmark.timing import timed
from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.method.segmentation.fcn import ImprintFCN
from dbs_core.method.segmentation.settings import TrainingSettings
from dbs_core.method.settings import Settings
from dbs_core.records import Segments
from dbs_core.training.fcn import TrainingSample, train
from dbs_core.training.head import train_head
from dbs_core.training.head_sample import HeadSample, head_sample

CHANNELS = 10
"""ucf9-untrimmed: nine classes and background."""
FILLED = 0.85
"""Share of cells that hold frames on its imprints."""
FRAMES = (65, 110, 150, 260)
"""Of videos as short, middling and long as there."""
STEPS = 20
"""Timed at once; what goes before the first is a few hundredths of them."""


def step_rows(sizes: Sizes, device: str) -> dict[str, object]:
    """Time a batch of four imprints, and one of four videos."""
    settings, found = Settings(), dict[str, object]()
    samples = [_imprint(number, sizes.grid, settings) for number in range(4)]
    for name, alone in (("", True), ("_on_whole_grids", False)):
        network = ImprintFCN(
            architecture=settings.architecture,
            dimensions=settings.descriptor.dimensions,
            channels=CHANNELS,
            dropout=settings.dropout,
        )
        network.pointwise &= alone
        fcn = partial(_train_fcn, network, samples, settings.training, device)
        found[f"training_fcn_step{name}_s"] = _step_s(fcn, device, sizes.repeats)
    videos = [_video(number, count, settings) for number, count in enumerate(FRAMES)]
    head = partial(_train_head, videos, settings.head, device)
    found["training_head_step_s"] = _step_s(head, device, sizes.repeats)
    return found


def _step_s(steps: Callable[[int], None], device: str, repeats: int) -> float:
    """Give the seconds of one of many steps."""
    steps(1)  # the first is slower than all others
    return timed(partial(steps, STEPS), device, repeats)[0] / STEPS


def _train_fcn(
    network: ImprintFCN,
    samples: list[TrainingSample],
    settings: TrainingSettings,
    device: str,
    steps: int,
) -> None:
    shorter = replace(settings, epochs=steps, batch=len(samples))
    generator = torch.Generator().manual_seed(0)
    train(network, samples, shorter, generator=generator, device=device)


def _train_head(
    videos: list[HeadSample], settings: HeadSettings, device: str, steps: int
) -> None:
    network = PyramidHead(
        dimensions=videos[0].frames.shape[1], channels=CHANNELS, settings=settings
    )
    shorter = replace(settings, epochs=steps, batch=len(videos))
    generator = torch.Generator().manual_seed(0)
    train_head(network, videos, shorter, generator=generator, device=device)


def _imprint(number: int, grid: int, settings: Settings) -> TrainingSample:
    """Make an imprint of noise whose last columns hold no frame."""
    rng = np.random.default_rng(number)
    mask = np.broadcast_to(np.arange(grid) < FILLED * grid, (grid, grid))
    cells = rng.normal(size=(grid, grid, settings.descriptor.dimensions))
    mass = rng.random((grid, grid, CHANNELS), np.float32)
    return TrainingSample(
        (cells * mask[..., None]).astype(np.float16),
        mass / mass.sum(axis=-1, keepdims=True),
        mask,
        mass,
    )


def _video(number: int, count: int, settings: Settings) -> HeadSample:
    """Make a video of noise with an action of two seconds every ten."""
    rng = np.random.default_rng(number)
    inputs = 3 * settings.descriptor.dimensions
    times_s = np.arange(count) / settings.features.rate_hz
    starts = np.arange(1.0, times_s[-1] - 2.0, 10.0)
    labels = rng.integers(1, CHANNELS, len(starts))
    spans = np.stack([starts, starts + 2.0], axis=1)
    target = np.eye(CHANNELS, dtype=np.float32)[np.zeros(count, np.int64)]
    for (start, end), label in zip(spans, labels, strict=True):
        target[(times_s >= start) & (times_s < end)] = np.eye(CHANNELS)[label]
    frames = rng.normal(size=(count, inputs)).astype(np.float32)
    return head_sample(frames, target, Segments.of(spans, labels), times_s)
