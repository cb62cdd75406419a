"""Frames and flow stacks as a mirror shows them (METHOD section 2.1)."""

import numpy as np
from jaxtyping import UInt8


def mirrored_frame(
    frame: UInt8[np.ndarray, "height width 3"],
) -> UInt8[np.ndarray, "height width 3"]:
    """Flip a frame left to right."""
    return np.ascontiguousarray(frame[:, ::-1])


def mirrored_stack(
    stack: UInt8[np.ndarray, "height width channels"],
) -> UInt8[np.ndarray, "height width channels"]:
    """Flip a stack left to right: what moved right moves left (x := 255 - x)."""
    flipped = stack[:, ::-1].copy()
    flipped[..., 0::2] = 255 - flipped[..., 0::2]
    return flipped
