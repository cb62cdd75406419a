"""How long a video will take here, measured on a few of its own frames.

Decoding, network and EM are timed on sixteen frames from the middle of the video: the
machine, its load and the video's size are all in the figure.
"""

import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.network_maps import engine_of
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.imprint import em, fitting
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.model import Model
from dbs_core.records import Features, VideoInfo
from dbs_core.runs.own_videos.parts import parts_of
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.seeds import generator_for
from dbs_core.runtime.threads import side_by_side

FRAMES = 16
ITERATIONS = 6
"""Of the EM from a tiled start, with ImageNet features: 3 to 6."""
FEATURE_BYTES = 2
"""Of one kept value: float16."""
PROXY_BYTES_S = 120_000
"""Bytes a second of a browser's copy, 640 pixels wide: on the safe side."""


@dataclass(frozen=True)
class Speed:
    """Seconds a sampled frame takes, by stage."""

    features_s: float
    imprint_s: float
    values: int
    """Values of one frame's feature map."""


@dataclass(frozen=True)
class Estimate:
    """What a video will take: seconds by stage, and the most disk at a time."""

    samples: int
    features_s: float
    imprint_s: float
    disk_bytes: int
    parts: int

    @property
    def total_s(self) -> float:
        """Seconds from start to result."""
        return self.features_s + self.imprint_s


def measure(
    path: Path, duration_s: float, model: Model, backbone: MapSource, cache: Path
) -> Speed:
    """Time every stage on a few frames from the middle of a video.

    Args:
        path: the video file.
        duration_s: its length.
        model: of the run.
        backbone: the network that the model was trained on.
        cache: where features are kept.

    Raises:
        InputError: none of its frames can be decoded, or there is no network.
    """
    settings, engine = model.settings.features, engine_of(backbone, cache)
    # Loading and first calls are slow, and happen once.
    engine(np.stack(list(_middle(path, duration_s, settings, count=1))))
    started = time.perf_counter()
    frames = np.stack(list(_middle(path, duration_s, settings)))
    decoded = time.perf_counter()
    at_once = max(engine.workers, 1)
    (maps, *_) = (o.maps for o in side_by_side(engine, [frames] * at_once, at_once))
    took_s = decoded - started + (time.perf_counter() - decoded) / at_once
    imprint_s = len(model.members) * _imprint_s(maps, model)
    return Speed(
        took_s / len(frames), imprint_s / len(frames), int(np.prod(maps.shape[1:]))
    )


def estimate(info: VideoInfo, speed: Speed, rate_hz: float) -> Estimate:
    """Say what a video of this length will take at this speed."""
    samples = _samples(info, rate_hz)
    return Estimate(
        samples,
        samples * speed.features_s,
        samples * speed.imprint_s,
        features_bytes(info, speed.values, rate_hz),
        len(parts_of(info.duration_s)),
    )


def features_bytes(info: VideoInfo, values: int, rate_hz: float) -> int:
    """Bytes of features that are kept at a time: one part's.

    Args:
        info: of the whole video.
        values: of one frame's feature map.
        rate_hz: how often frames are taken.
    """
    parts = len(parts_of(info.duration_s))
    return math.ceil(_samples(info, rate_hz) / parts) * values * FEATURE_BYTES


def needed_bytes(info: VideoInfo, kept: int) -> int:
    """Bytes that must be free: features of one part, and a copy for the browser."""
    return kept + round(info.duration_s * PROXY_BYTES_S)


def _samples(info: VideoInfo, rate_hz: float) -> int:
    """Count the frames that are taken: a slow video has fewer than are asked for."""
    return max(1, round(info.duration_s * min(rate_hz, info.frame_rate or rate_hz)))


def _middle(
    path: Path, duration_s: float, settings: FeatureSettings, count: int = FRAMES
) -> Iterator[np.ndarray]:
    """Decode a few frames as the features' stage does."""
    start_s = max(0.0, duration_s / 2 - FRAMES / settings.rate_hz)
    frames = seen(path, settings, (start_s, math.inf))
    number = -1
    for number, one in enumerate(itertools.islice(frames, count)):  # noqa: B007
        yield one.input
    if number < 0:
        raise InputError("no frame could be decoded", where=path)


def _imprint_s(maps: np.ndarray, model: Model) -> float:
    """Time one E and one M step with these frames, as often as the EM takes them.

    A counting grid iterates at least so often whatever the frames: all of it is timed.
    """
    times = np.arange(len(maps)) / model.settings.features.rate_hz
    features = Features(maps, times, float(times[-1]) + 1.0)
    settings = model.settings.epitome.written_out()
    generator = generator_for(0, "estimate")
    with torch.inference_mode():
        if settings.model != "epitome":
            started = time.perf_counter()
            fitting.fit(features, model.locate, settings, generator=generator)
            return time.perf_counter() - started
        frames = ReducedFrames(features, model.locate, torch.device("cpu"))
        first = em.first_parameters(frames, settings, generator)
        started = time.perf_counter()
        em.iteration(frames.blocks(), first, settings)
        return ITERATIONS * (time.perf_counter() - started)
