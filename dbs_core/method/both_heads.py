"""The temporal heads of a run have their say: on the imprint, and on the control."""

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.method.detection.head_input import frame_input, imprint_input
from dbs_core.method.detection.sharpening import sharpen
from dbs_core.method.model import Model
from dbs_core.records import FrameScores, Imprint, Placement, Sharpened


def sharpened(
    described: Float32[np.ndarray, "t r"],
    imprint: Imprint,
    placement: Placement,
    projected: FrameScores,
    control: FrameScores,
    model: Model,
    device: torch.device | str,
) -> tuple[Sharpened | None, Sharpened | None]:
    """Let the temporal heads, if any, have their say: on the imprint, on the control.

    Each sees its own side only, and is mixed with the scores of its own side.
    """
    settings, head = model.settings, model.head
    if head is None or model.control.head is None:
        return None, None
    known = imprint_input(described, imprint, placement, head.readback)
    smoothing = settings.smoothing
    return (
        sharpen(
            head.network,
            known,
            projected,
            settings.head,
            smoothing=smoothing,
            device=device,
        ),
        sharpen(
            model.control.head,
            frame_input(described),
            control,
            settings.head,
            smoothing=smoothing,
            device=device,
        ),
    )
