"""Assigned cells of an imprint as the FCN sees them."""

import numpy as np
import torch
from jaxtyping import Float32

from dbs_core.method.features.projection import Projection
from dbs_core.records import Imprint


def descriptors(
    imprint: Imprint, mask: np.ndarray, describe: Projection
) -> Float32[np.ndarray, "gh gw r"]:
    """Describe the assigned cells; the rest is zero (METHOD section 2.5)."""
    described = describe(torch.from_numpy(imprint.mean[mask])).numpy()
    grid = np.zeros((*mask.shape, described.shape[-1]), np.float32)
    grid[mask] = described
    return grid
