"""The imprints that a run learns from: whole videos, and each instance cut out.

PAPER Table 3: every annotated instance becomes a training video of its own, with its
own imprint, one class everywhere. Instances too short to be placed are left out and
counted. Placements are small and kept; descriptors go to a memory-mapped file, since
thousands of them do not fit into memory.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float16

from dbs_core.method.backprojection.annotation_maps import (
    assigned_mask,
    labelled_mass,
    target_map,
)
from dbs_core.method.backprojection.settings import TargetSettings
from dbs_core.method.features.projection import Projection
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.settings import Settings
from dbs_core.records import Placement
from dbs_core.runtime import files
from dbs_core.runtime.progress import Progress
from dbs_core.training.fcn import TrainingSample
from dbs_core.training.videos import TrainingVideo


@dataclass(frozen=True, eq=False)
class TrainingSet(Sequence[TrainingSample]):
    """Training samples whose descriptors lie in one file on disk.

    Annotation maps are drawn when a sample is asked for: its masses are all it takes.
    """

    descriptors: Float16[np.ndarray, "s gh gw r"]
    masses: Float16[np.ndarray, "s gh gw c"]
    masks: Bool[np.ndarray, "s gh gw"]
    window: tuple[int, int]
    target: TargetSettings

    def __len__(self) -> int:
        return len(self.masks)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        """Give one sample."""
        mass = self.masses[index].astype(np.float32)
        return TrainingSample(
            self.descriptors[index],
            target_map(mass, self.window, self.target.kind, self.target.tau),
            self.masks[index],
            mass,
            self.window,
        )


def build(
    path: Path,
    placed: Sequence[tuple[TrainingVideo, Placement]],
    describe: Projection,
    settings: Settings,
    channels: int,
    progress: Progress,
    device: torch.device | str = "cpu",
) -> TrainingSet:
    """Describe every imprint and count which class lies where.

    Args:
        path: where the descriptors go; an existing file is replaced.
        placed: the training videos, and where the frames of each lie.
        describe: the descriptors' projection.
        settings: the run's.
        channels: classes and background.
        progress: told about each imprint.
        device: where the frames are added up.

    Raises:
        InputError: the disk is full.
        Cancelled: the progress was asked to stop.
    """
    grid = settings.epitome.grid
    shape = (len(placed), grid, grid, describe.axes.shape[1])
    files.allocate(path, math.prod(shape) * np.float16().itemsize)
    on_disk = np.memmap(path, np.float16, "r+", shape=shape)
    masses = np.zeros((*shape[:3], channels), np.float16)
    masks = np.zeros(shape[:3], bool)
    for index, (video, placement) in enumerate(placed):
        progress("describe", index, len(placed), video.entry.video_id)
        masks[index] = assigned_mask(placement, settings.target.mask_tau)
        imprint = imprint_of(video.features, placement, device)
        on_disk[index] = descriptors(imprint, masks[index], describe)
        labels = video.labels(channels)
        masses[index] = labelled_mass(placement, labels, settings.target.kind)
    window = placed[0][1].window
    return TrainingSet(on_disk, masses, masks, window, settings.target)
