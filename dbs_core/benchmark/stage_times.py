"""From a video file to detections: seconds of each stage, one after the other.

`pipeline.detect` itself under a clock, on a video that has no kept features and
without temporal head: the spans come from proposals and refinement. What the path
makes beside (the control, the mosaic) is not counted, nor is making the engine.
"""

import itertools
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from dbs_core.benchmark.backbone_times import first_frames, seconds_of
from dbs_core.benchmark.flow_fields import flows_between
from dbs_core.benchmark.timing import timed
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.network_maps import NetworkMaps
from dbs_core.method.model import Model
from dbs_core.method.pipeline import detect
from dbs_core.method.video import probe
from dbs_core.method.video.stream import VideoStream
from dbs_core.records import VideoEntry
from dbs_core.runtime.progress import Progress
from dbs_core.runtime.stage_clock import StageClock

BACKBONE_GFLOP = 0.814
"""EfficientNet-Lite0: 407 million products and sums a frame (its authors' table)."""
FLOW_SIZE = (340, 256)


def stages(
    path: Path, model: Model, source: NetworkMaps, device: str, progress: Progress
) -> dict[str, float]:
    """Give the seconds of features, backbone, imprint, FCN and proposals.

    The backbone is timed once more alone, on the video's first frames, for as many as
    it has: while it works in the features' stage, frames are decoded beside it.
    """
    clock, settings = StageClock(device), model.settings.features
    with tempfile.TemporaryDirectory() as empty:
        found = detect(
            VideoEntry(path.stem, path, "video", None),
            replace(model, head=None, backbone=source.name),
            source,
            FeatureCache(Path(empty)),
            device=device,
            progress=progress,
            stage=clock,
        )
        frames = first_frames(path, settings)
        alone_s = seconds_of(source.engine(Path(empty)), frames, settings.batch)
        alone_s *= len(found.frames.times_s) / len(frames)
    took = clock.seconds
    return {
        "features": took["features"],
        "backbone": alone_s,
        "imprint": took["imprint"],
        "fcn": took["describe"] + took["segment"],
        "proposals": took["project"] + took["localise"],
    }


def file_rows(
    path: Path,
    model: Model,
    compared: Mapping[str, NetworkMaps],
    device: str,
    gemm_gflops: float,
    repeats: int,
    progress: Progress,
) -> dict[str, object]:
    """Give seconds of video a second, each stage's share, and what bounds it.

    Args:
        path: the video file.
        model: what detects in it.
        compared: networks, whose engines are made, by what their figures' names begin
            with. They take turns; of each stage the least time counts.
        device: where to compute.
        gemm_gflops: of the machine.
        repeats: rounds.
        progress: told about each stage.
    """
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in compared}
    for name, source in [*compared.items()] * repeats:
        runs[name].append(stages(path, model, source, device, progress))
    length_s = probe(path).duration_s
    frames = length_s * model.settings.features.rate_hz
    found: dict[str, object] = {}
    for name, source in compared.items():
        least = {key: min(run[key] for run in runs[name]) for key in runs[name][0]}
        rows = _rows(least, length_s)
        if source.name.startswith("efficientnet-lite0"):
            work = BACKBONE_GFLOP * frames
            rows["backbone_gflops"] = work / least["backbone"]
            if source.precision == "float32":
                rows["backbone_share_of_gemm"] = work / least["backbone"] / gemm_gflops
                # Were the network as fast as the machine multiplies, all else free.
                limit = length_s * gemm_gflops / work
                rows["video_seconds_per_second_at_gemm_limit"] = limit
        found |= {f"{name}{key}": value for key, value in rows.items()}
    return found


def _rows(least: Mapping[str, float], length_s: float) -> dict[str, object]:
    """Turn seconds of stages into speed and shares.

    Decoding has the part of the features' stage that the network alone does not take:
    what decoding, scaling and writing add, going on beside it.
    """
    total = sum(least.values()) - least["backbone"]
    parts = dict(least)
    parts["backbone"] = min(parts["backbone"], parts["features"])
    parts["decode"] = parts.pop("features") - parts["backbone"]
    shares = {f"share_{name}": seconds / total for name, seconds in parts.items()}
    # Were everything but the network free.
    alone = length_s / least["backbone"]
    return {
        "video_seconds_per_second": length_s / total,
        **shares,
        "video_seconds_per_second_of_backbone_alone": alone,
    }


def flow_row(path: Path, pairs: int) -> dict[str, object]:
    """Give flow fields a second between neighbouring frames of 340 x 256."""
    with VideoStream(path) as stream:
        first = itertools.islice(stream.frames(), pairs + 1)
        greys = np.stack([stream.grey(frame, FLOW_SIZE) for _, frame in first])
    seconds, flows = timed(lambda: flows_between(greys, "dis"))
    return {"flow_frames_per_second": len(flows) / seconds}
