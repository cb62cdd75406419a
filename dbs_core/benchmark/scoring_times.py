"""Seconds from an imprint to detections: the FCN, and what comes after it."""

from functools import partial

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.benchmark.sizes import Sizes
from dbs_core.benchmark.timing import timed
from dbs_core.method.features.engines.choosing import require_bfloat16
from dbs_core.method.features.settings import Precision
from dbs_core.method.labels_to_spans import localise, project
from dbs_core.method.segmentation.fcn import ImprintFCN, segment
from dbs_core.method.settings import Settings, paper_settings
from dbs_core.records import GridScores, Placement
from dbs_core.runtime.errors import InputError

CHANNELS = 21
"""THUMOS'14: 20 classes and background."""


def fcn_rows(sizes: Sizes, device: str) -> dict[str, object]:
    """Time C3 at our width and at the paper's, on descriptors of noise.

    In bfloat16 too, where features can be had in it.
    """
    found: dict[str, object] = {}
    for name, settings in (("", Settings()), ("_paper_width", paper_settings())):
        width = settings.descriptor.dimensions
        network = ImprintFCN(architecture="C3", dimensions=width, channels=CHANNELS)
        noise = np.random.default_rng(0).normal(size=(sizes.grid, sizes.grid, width))
        descriptors = noise.astype(np.float32)
        mask = np.ones(noise.shape[:2], bool)
        row = f"fcn_c3_{sizes.grid}{name}"
        for ending, precision in _precisions(device).items():
            labelled = partial(
                segment, network, descriptors, mask, device=device, precision=precision
            )
            seconds, _ = timed(labelled, device, 2 * sizes.repeats + 1)
            found[f"{row}{ending}_s"] = seconds
        found[f"{row}_channels"] = width
    return found


def _precisions(device: str) -> dict[str, Precision]:
    """Give what there is, by what its figure's name ends with."""
    try:
        require_bfloat16(device)
    except InputError:
        return {"": "float32"}
    return {"": "float32", "_bfloat16": "bfloat16"}


def post_row(placement: Placement, repeats: int) -> dict[str, object]:
    """Time back-projection, TAG and refinement, on score maps with patches."""
    scores = GridScores(patches(placement.grid), np.ones(placement.grid, bool))
    settings = Settings()

    def after() -> int:
        frames = project(scores, placement, settings)
        return len(localise(frames, settings)[0])

    seconds, proposals = timed(after, repeats=repeats)
    return {"post_stages_s": seconds, "post_stages_proposals": proposals}


def patches(grid: tuple[int, int]) -> Float32[np.ndarray, "gh gw c"]:
    """Make probabilities that change from place to place, some cells wide."""
    noise = torch.from_numpy(np.random.default_rng(0).normal(size=(1, CHANNELS, *grid)))
    wide = torch.nn.functional.pad(noise, (3, 3, 3, 3), mode="circular")
    smooth_noise = torch.nn.functional.avg_pool2d(wide, 7, stride=1)
    probability = (30 * smooth_noise).softmax(1)[0].permute(1, 2, 0)
    return np.ascontiguousarray(probability.float().numpy())
