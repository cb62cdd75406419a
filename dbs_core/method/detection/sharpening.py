"""What a temporal head adds to frame scores, whichever network it is."""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.method.backprojection.smoothing import smooth
from dbs_core.method.detection.head import TemporalHead
from dbs_core.method.detection.pyramid import PyramidHead
from dbs_core.method.detection.settings import HeadSettings
from dbs_core.records import FrameScores, Sharpened

HeadNetwork = TemporalHead | PyramidHead


def sharpen(
    network: HeadNetwork,
    frames: Float32[np.ndarray, "t i"],
    scores: FrameScores,
    settings: HeadSettings,
    *,
    smoothing: float = 0.0,
    device: torch.device | str = "cpu",
) -> Sharpened:
    """Give frames the mean of their scores and the head's, and their reach.

    Args:
        network: the head.
        frames: `imprint_input` or `frame_input` of the video.
        scores: what the frames have without it, smoothed already.
        settings: for the share of each.
        smoothing: standard deviation for the head's own scores, in samples.
        device: where to compute.
    """
    network.to(device).eval()
    every_s = float(np.median(np.diff(scores.edges_s)))
    with torch.inference_mode():
        logits, reach = network.tell(torch.from_numpy(frames).to(device), every_s)
        probability = logits.softmax(dim=-1).cpu().numpy()
    head = smooth(replace(scores, probability=probability), smoothing).probability
    mixed = settings.share * head + (1 - settings.share) * scores.probability
    return Sharpened(
        replace(scores, probability=mixed.astype(np.float32)),
        np.ascontiguousarray(reach.cpu().numpy()),
    )
