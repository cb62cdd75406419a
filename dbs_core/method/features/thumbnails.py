"""What the network sees, shrunk to a few pixels a cell."""

import cv2
import numpy as np
from jaxtyping import UInt8

PATCH = 12
"""Pixels along each side of a cell."""


def thumbnail(
    frame: UInt8[np.ndarray, "height width 3"], window: tuple[int, int]
) -> UInt8[np.ndarray, "small_height small_width 3"]:
    """Shrink what the network sees of a frame to PATCH pixels a cell."""
    size = window[1] * PATCH, window[0] * PATCH
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
