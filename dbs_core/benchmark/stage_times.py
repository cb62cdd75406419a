"""From a video file to detections: seconds of each stage, one after the other.

`pipeline.detect` itself under a clock, on a video that has no kept features and
without temporal head: the spans come from proposals and refinement. What the path
makes beside (the control, the mosaic) is not counted.
"""

import itertools
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from dbs_core.benchmark.flow_fields import flows_between
from dbs_core.benchmark.timing import timed
from dbs_core.method.features.backbone import Backbone
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


@dataclass(frozen=True, eq=False)
class ClockedBackbone:
    """A network whose calls are a stage of their own, within that of the features."""

    network: Backbone
    clock: StageClock

    @property
    def name(self) -> str:
        """The network's."""
        return self.network.name

    @property
    def dimensions(self) -> int:
        """The network's."""
        return self.network.dimensions

    def __call__(
        self, frames: UInt8[np.ndarray, "b 224 224 channels"]
    ) -> Float32[torch.Tensor, "b h w d"]:
        """Run the network."""
        with self.clock("backbone"):
            return self.network(frames)


def stages(
    path: Path, model: Model, backbone: Backbone, device: str, progress: Progress
) -> dict[str, float]:
    """Give the seconds of decode, backbone, imprint, FCN and proposals.

    Decode is all of the features' stage but the network: reading and scaling frames,
    writing the maps.
    """
    clock = StageClock(device)
    with tempfile.TemporaryDirectory() as empty:
        detect(
            VideoEntry(path.stem, path, "video", None),
            replace(model, head=None),
            NetworkMaps(ClockedBackbone(backbone, clock)),
            FeatureCache(Path(empty)),
            device=device,
            progress=progress,
            stage=clock,
        )
    took = clock.seconds
    return {
        "decode": took["features"] - took["backbone"],
        "backbone": took["backbone"],
        "imprint": took["imprint"],
        "fcn": took["describe"] + took["segment"],
        "proposals": took["project"] + took["localise"],
    }


def file_rows(
    path: Path,
    model: Model,
    backbone: Backbone,
    device: str,
    gemm_gflops: float,
    repeats: int,
    progress: Progress,
) -> dict[str, object]:
    """Give seconds of video a second, each stage's share, and what bounds it."""
    runs = [stages(path, model, backbone, device, progress) for _ in range(repeats)]
    least = {name: min(run[name] for run in runs) for name in runs[0]}
    total, length_s = sum(least.values()), probe(path).duration_s
    frames = length_s * model.settings.features.rate_hz
    found: dict[str, object] = {"video_seconds_per_second": length_s / total}
    found |= {f"share_{name}": seconds / total for name, seconds in least.items()}
    work = BACKBONE_GFLOP * frames
    found["backbone_frames_per_second"] = frames / least["backbone"]
    if backbone.name.startswith("efficientnet-lite0"):
        found["backbone_gflops"] = work / least["backbone"]
        found["backbone_share_of_gemm"] = work / least["backbone"] / gemm_gflops
        # Were the network as fast as the machine multiplies and all else free.
        found["video_seconds_per_second_at_gemm_limit"] = length_s * gemm_gflops / work
    return found


def flow_row(path: Path, pairs: int) -> dict[str, object]:
    """Give flow fields a second between neighbouring frames of 340 x 256."""
    with VideoStream(path) as stream:
        first = itertools.islice(stream.frames(), pairs + 1)
        greys = np.stack([stream.grey(frame, FLOW_SIZE) for _, frame in first])
    seconds, flows = timed(lambda: flows_between(greys, "dis"))
    return {"flow_frames_per_second": len(flows) / seconds}
