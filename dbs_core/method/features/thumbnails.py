"""What the network sees, shrunk to a few pixels a cell.

Thumbnails of a long video do not fit into memory: they are written as they come, one
after the other, and mapped into memory when they are wanted.
"""

from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from dbs_core.runtime import files

PATCH = 12
"""Pixels along each side of a cell."""

SUFFIX = ".rgb8"
"""Of files of thumbnails, bytes [t, small_height, small_width, 3] one by one."""


def thumbnail(
    frame: UInt8[np.ndarray, "height width 3"], window: tuple[int, int]
) -> UInt8[np.ndarray, "small_height small_width 3"]:
    """Shrink what the network sees of a frame to PATCH pixels a cell."""
    size = window[1] * PATCH, window[0] * PATCH
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def mapped(
    path: Path, t: int, window: tuple[int, int]
) -> UInt8[np.ndarray, "t small_height small_width 3"]:
    """Map a file of so many thumbnails into memory.

    Raises:
        InputError: it is gone, or of another size.
    """
    shape = (t, window[0] * PATCH, window[1] * PATCH, 3)
    return files.map_array(path, np.uint8, shape)
