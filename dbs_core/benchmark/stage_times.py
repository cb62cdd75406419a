"""From a video file to detections: seconds of each stage, one after the other.

The calls of `pipeline.detect` without control and temporal head (the spans come from
proposals and refinement), on a video that has no kept features.
"""

import itertools
from pathlib import Path

import numpy as np
import torch

from dbs_core.benchmark.flow_fields import flows_between
from dbs_core.benchmark.imprint_times import fitted
from dbs_core.benchmark.material import as_features
from dbs_core.benchmark.timing import timed
from dbs_core.method.backprojection.annotation_maps import assigned_mask
from dbs_core.method.backprojection.frame_scores import to_frames
from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.features.backbone import Backbone
from dbs_core.method.features.network_input import seen
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.model import Model
from dbs_core.method.pipeline import localise
from dbs_core.method.segmentation.descriptors import descriptors
from dbs_core.method.segmentation.fcn import segment
from dbs_core.method.video import probe
from dbs_core.method.video.stream import VideoStream
from dbs_core.runtime.progress import Progress

BACKBONE_GFLOP = 0.814
"""EfficientNet-Lite0: 407 million products and sums a frame (its authors' table)."""
FLOW_SIZE = (340, 256)


def stages(
    path: Path, model: Model, backbone: Backbone, device: str, progress: Progress
) -> dict[str, float]:
    """Give the seconds of decode, backbone, imprint, FCN and proposals."""
    settings = model.settings
    progress("decode", 0, 1, path.name)
    decode_s, frames = timed(lambda: list(seen(path, FeatureSettings())))
    progress("backbone", 0, 1, path.name)
    backbone_s, maps = timed(
        lambda: _maps([one.input for one in frames], backbone), device
    )
    features = as_features(maps)
    progress("imprint", 0, 1, path.name)
    imprint_s, fit = timed(
        lambda: fitted(features, model.locate, settings.epitome, device), device
    )
    mask = assigned_mask(fit.placement, settings.target.mask_tau)
    fcn_s, grid = timed(
        lambda: segment(
            model.network,
            descriptors(fit.imprint, mask, model.describe),
            mask,
            device=device,
        ),
        device,
    )
    proposals_s, _ = timed(
        lambda: localise(
            smooth(to_frames(grid, fit.placement), settings.smoothing), settings
        )
    )
    return {
        "decode": decode_s,
        "backbone": backbone_s,
        "imprint": imprint_s,
        "fcn": fcn_s,
        "proposals": proposals_s,
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
    frames = length_s * FeatureSettings().rate_hz
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


def _maps(frames: list[np.ndarray], backbone: Backbone) -> np.ndarray:
    """Run the network in the batches that extraction uses."""
    batch = FeatureSettings().batch
    parts = [
        backbone(np.stack(frames[first : first + batch])).half().cpu()
        for first in range(0, len(frames), batch)
    ]
    return torch.cat(parts).numpy()
