"""The imprints that a run learns from: whole videos, and each instance cut out.

PAPER Table 3: every annotated instance becomes a training video of its own, with its
own imprint, one class everywhere. Instances too short to be placed are left out and
counted. Placements are small and kept; descriptors go to a memory-mapped file, since
thousands of them do not fit into memory.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float16

from dbs_core import store
from dbs_core.accumulation import imprint_of
from dbs_core.datasets import VideoEntry, clip_truth
from dbs_core.epitome import fit
from dbs_core.errors import InputError
from dbs_core.features import SampledVideo
from dbs_core.pipeline import descriptors, imprint_generator
from dbs_core.progress import Progress
from dbs_core.projection import Projection
from dbs_core.records import (
    BACKGROUND,
    Features,
    Imprint,
    Placement,
    Segments,
    VideoTruth,
)
from dbs_core.settings import Settings, TargetSettings
from dbs_core.targets import (
    assigned_mask,
    frame_labels,
    labelled_mass,
    target_map,
)
from dbs_core.training import TrainingSample

MIRRORED = "mirrored"
"""Part name of a video's mirror image, and the beginning of its instances'."""
UNTOLD = 0.1
"""Share of frames of a trimmed clip that may lie outside its annotation: the last
ones, where features made elsewhere reach past the end."""
SHORTEST_CROP = 5
"""Frames: at 5 a second PAPER's counts say that shorter ones were dropped."""


@dataclass(frozen=True, eq=False)
class TrainingVideo:
    """A video with truth, or one instance of it, as a training video."""

    entry: VideoEntry
    part: str
    features: Features
    truth: VideoTruth

    @property
    def whole(self) -> bool:
        """Say whether this is the video itself, or its mirror image."""
        return self.part in ("", MIRRORED)

    @property
    def trimmed(self) -> bool:
        """Say whether an action is all but everywhere: an instance or trimmed clip."""
        channels = int(self.truth.segments.labels.max(initial=BACKGROUND)) + 1
        background = self.labels(channels)[:, BACKGROUND]
        return bool(background.mean() <= UNTOLD)

    def labels(self, channels: int) -> Bool[np.ndarray, "t c"]:
        """Say which classes each frame shows."""
        return frame_labels(self.truth, self.features.times_s, channels)


def training_videos(
    entry: VideoEntry, video: SampledVideo, crops: bool, mirrored: bool = False
) -> Iterator[TrainingVideo]:
    """Give the video, then each instance that is long enough.

    `mirrored` says that these are features of the video's mirror image: an imprint of
    its own (AUTHOR puts both into one, METHOD section 2.1).
    """
    lead = MIRRORED if mirrored else ""
    features = video.features
    if entry.truth is None:
        raise InputError("no annotation to train on", where=entry.path)
    truth = clip_truth(entry.truth, features.duration_s)
    yield TrainingVideo(entry, lead, features, truth)
    if not crops:
        return
    segments = truth.segments
    spans = zip(segments.spans_s.tolist(), segments.labels.tolist(), strict=True)
    for number, ((start, end), label) in enumerate(spans):
        cut = crop(features, start, end)
        if len(cut) >= SHORTEST_CROP:
            whole = Segments.of([[0.0, cut.duration_s]], [label])
            only = VideoTruth(whole, np.zeros((0, 2)))
            part = f"{lead} instance {number}".lstrip()
            yield TrainingVideo(entry, part, cut, only)


def crop(features: Features, start_s: float, end_s: float) -> Features:
    """Cut the frames of [start, end) out; time starts at the cut."""
    first, last = np.searchsorted(features.times_s, [start_s, end_s])
    times = features.times_s[first:last] - start_s
    return Features(features.maps[first:last], times, end_s - start_s)


def place(
    video: TrainingVideo, locate: Projection, settings: Settings, seed: int
) -> tuple[Imprint, Placement]:
    """Learn the imprint of one training video."""
    generator = imprint_generator(seed, video.entry, video.part)
    fitted = fit(video.features, locate, settings.epitome, generator=generator)
    return fitted.imprint, fitted.placement


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
) -> TrainingSet:
    """Describe every imprint and count which class lies where.

    Args:
        path: where the descriptors go; an existing file is replaced.
        placed: the training videos, and where the frames of each lie.
        describe: the descriptors' projection.
        settings: the run's.
        channels: classes and background.
        progress: told about each imprint.

    Raises:
        InputError: the disk is full.
    """
    grid = settings.epitome.grid
    shape = (len(placed), grid, grid, describe.axes.shape[1])
    store.allocate(path, math.prod(shape) * np.float16().itemsize)
    on_disk = np.memmap(path, np.float16, "r+", shape=shape)
    masses = np.zeros((*shape[:3], channels), np.float16)
    masks = np.zeros(shape[:3], bool)
    for index, (video, placement) in enumerate(placed):
        progress("describe", index, len(placed), video.entry.video_id)
        masks[index] = assigned_mask(placement, settings.target.mask_tau)
        imprint = imprint_of(video.features, placement)
        on_disk[index] = descriptors(imprint, masks[index], describe)
        labels = video.labels(channels)
        masses[index] = labelled_mass(placement, labels, settings.target.kind)
    window = placed[0][1].window
    return TrainingSet(on_disk, masses, masks, window, settings.target)
