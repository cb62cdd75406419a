"""The control's class-activation map: each cell of a frame classified alone.

The control sees a frame's pooled descriptor. Given one cell's descriptor instead, it
says which class that place alone would be: a class-activation map without gradients,
to set beside the imprint's heat map.
"""

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.model import Control
from dbs_core.records import Features

CHUNK = 256


def activation_maps(
    features: Features, control: Control
) -> Float32[np.ndarray, "t h w c"]:
    """Classify every cell of every frame, in bounded pieces."""
    control.classifier.eval()
    parts = []
    with torch.inference_mode():
        for first in range(0, len(features), CHUNK):
            maps = np.array(features.maps[first : first + CHUNK], np.float32)
            described = control.describe(torch.from_numpy(maps))
            logits = control.classifier(described.flatten(0, 2))
            parts.append(logits.softmax(dim=1).reshape(*maps.shape[:3], -1).numpy())
    return np.concatenate(parts)
