"""What a training will take here: seconds by stage, and disk.

A few frames, one step of the EM and one batch of the FCN are timed where it will run.
How heads and control grow with frames was measured once, on two busy cores, and since
scaled by what training gained on quiet ones. How far
kept features reach is told by their bytes: naming them would read every video.
"""

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dbs_core.datasets import Dataset
from dbs_core.method.backprojection.annotation_maps import target_map
from dbs_core.method.features.streams import named_backbone
from dbs_core.method.imprint.settings import WINDOW_CELLS
from dbs_core.method.model import Model, new_network
from dbs_core.method.settings import Settings
from dbs_core.method.video import probe
from dbs_core.records import VideoEntry
from dbs_core.runs.own_videos.estimate import FEATURE_BYTES, ITERATIONS, Speed, measure
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.seeds import generator_for
from dbs_core.runtime.threads import fixed_threads
from dbs_core.training.anew import Anew, data_of
from dbs_core.training.fcn import TrainingSample, train
from dbs_core.training.learning import training_entries

HEAD_S = 0.9e-4
"""Of one of the two heads, a frame and epoch: ucf9-untrimmed, two busy cores."""
CONTROL_S = 1.0e-3
"""Of the control, a frame; there too."""
HELD_OUT = 4 / 3
"""Trainings in all: for calibration and threshold a third of it is done again."""
EM_S = 1e-4
"""A frame and iteration at 48 x 48 (README, "Speed"), where no network is timed."""
EM_GRID = 48
STEPS = 4
"""Of the FCN that are timed at once: it is shown a batch of imprints, made once."""


@dataclass(frozen=True)
class Counts:
    """How much there is to work on."""

    learnt: int
    """Sampled frames to learn from, mirror images and cut-out instances too."""
    imprints: int
    seen: int
    """Sampled frames that are looked at when it is trained."""
    unkept: int
    """Frames of both whose features are not kept yet."""


@dataclass(frozen=True)
class Outlook:
    """Seconds by stage, and bytes: those that stay, and those needed meanwhile."""

    counts: Counts
    features_s: float
    imprints_s: float
    network_s: float
    heads_s: float
    stays: int
    meanwhile: int

    @property
    def total_s(self) -> float:
        """Seconds from start to results."""
        return self.features_s + self.imprints_s + self.network_s + self.heads_s


def outlook(wanted: Anew) -> Outlook:
    """Count the work, time a little of it, and say what all will take.

    Raises:
        InputError: the data set is not there, nothing in it can be learnt from, or
            the base has no model.
    """
    dataset = data_of(wanted)
    entries = training_entries(dataset)
    # One member is timed, however many the base has.
    model = replace(wanted.base.model(), settings=wanted.settings, others=())
    with fixed_threads():
        speed = _speed(entries, model, wanted.cache)
        counts = _counts(wanted, dataset, entries, speed)
        sample_s = _sample_s(model, wanted.settings)
    return worked_out(wanted.settings, counts, speed, sample_s, _bytes_of(wanted))


def worked_out(
    settings: Settings, counts: Counts, speed: Speed, sample_s: float, like: int
) -> Outlook:
    """Say what so much work takes at this speed.

    Args:
        settings: of the training.
        counts: the work.
        speed: of features and imprint, a frame.
        sample_s: of the FCN, an imprint and epoch.
        like: bytes of model and results of a run like it.
    """
    more = 1.0
    if settings.epitome.model == "epitome" and settings.epitome.start != "tiled":
        # Only a tiled start settles after a few.
        more = max(1.0, settings.epitome.iterations / ITERATIONS)
    every, again = settings.members, HELD_OUT if settings.training.held_out else 1
    heads = 0 if settings.head.kind == "none" else 2 * settings.head.epochs
    held = counts.unkept * speed.values * FEATURE_BYTES
    cells = counts.imprints * settings.epitome.grid**2
    return Outlook(
        counts,
        features_s=counts.unkept * speed.features_s,
        imprints_s=every * (counts.learnt + counts.seen) * speed.imprint_s * more,
        network_s=every * counts.imprints * settings.training.epochs * sample_s * again,
        heads_s=every * counts.learnt * (CONTROL_S + heads * HEAD_S) * again,
        stays=like + held,
        meanwhile=cells * settings.descriptor.dimensions * FEATURE_BYTES,
    )


def _speed(entries: Iterable[VideoEntry], model: Model, cache: Path) -> Speed:
    """Time features and imprint on a video; of maps made elsewhere nothing is made."""
    settings = model.settings
    if settings.features.maps is not None:
        share = (settings.epitome.grid / EM_GRID) ** 2
        return Speed(0.0, ITERATIONS * EM_S * share, 0)
    backbone = named_backbone(settings.features)
    with tempfile.TemporaryDirectory(prefix="dbs-outlook-") as scratch:
        # An estimate leaves nothing behind, least of all in a run that is none yet.
        kept = cache if cache.is_dir() else Path(scratch)
        for entry in entries:
            try:
                duration_s = probe(entry.path).duration_s
                return measure(entry.path, duration_s, model, backbone, kept)
            except InputError:
                continue  # damaged; the training says so, or leaves it out
    raise InputError("none of the videos to train on can be decoded")


def _counts(
    wanted: Anew, dataset: Dataset, entries: tuple[VideoEntry, ...], speed: Speed
) -> Counts:
    settings = wanted.settings
    rate, mirrored = settings.features.rate_hz, 1 + settings.features.mirrored
    whole = mirrored * sum(_frames(entry, rate) for entry in entries)
    seen = sum(_frames(entry, rate) for entry in dataset.split(wanted.split))
    cut = imprints = 0
    for entry in entries:
        if settings.crops and entry.truth is not None:
            spans = entry.truth.segments.spans_s
            cut += mirrored * sum(round((b - a) * rate) for a, b in spans)
            imprints += mirrored * len(spans)
    one = speed.values * FEATURE_BYTES
    there = kept_bytes(wanted.cache) // one if one else whole + seen
    return Counts(
        whole + cut,
        mirrored * len(entries) + imprints,
        seen,
        max(0, whole + seen - there),
    )


def _frames(entry: VideoEntry, rate_hz: float) -> int:
    """Count a video's sampled frames; of one that cannot be opened none."""
    if not entry.path.exists():
        return round((entry.duration_s or 0) * rate_hz)
    try:
        info = probe(entry.path)
    except InputError:
        return 0
    return max(1, round(info.duration_s * min(rate_hz, info.frame_rate or rate_hz)))


def kept_bytes(cache: Path) -> int:
    """Bytes of kept feature maps."""
    return sum(path.stat().st_size for path in cache.glob("*.f16"))


def _bytes_of(wanted: Anew) -> int:
    """Bytes of the base's model and its results in the split."""
    base = wanted.base
    found = [base.model_path, *(base.root / "results" / wanted.split).glob("*.npz")]
    return sum(path.stat().st_size for path in found)


def _sample_s(model: Model, settings: Settings) -> float:
    """Time the FCN on one batch of made imprints; gives it a single one."""
    grid, dimensions = settings.epitome.grid, model.describe.axes.shape[1]
    channels, side = model.classes.channels, round(WINDOW_CELLS**0.5)
    rng = np.random.default_rng(0)
    mass = rng.random((grid, grid, channels), np.float32)
    sample = TrainingSample(
        rng.random((grid, grid, dimensions), np.float32).astype(np.float16),
        target_map(mass, (side, side), settings.target.kind, settings.target.tau),
        np.ones((grid, grid), bool),
        mass,
        (side, side),
    )
    network = new_network(settings, model.classes, dimensions)
    batch = [sample] * settings.training.batch

    def seconds(steps: int) -> float:
        some = replace(settings.training, epochs=steps)
        started = time.perf_counter()
        train(network, batch, some, generator=generator_for(0, "outlook"))
        return time.perf_counter() - started

    seconds(1)  # the first is slower than all others
    return seconds(STEPS) / (STEPS * len(batch))
