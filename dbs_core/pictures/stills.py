"""The picture of a sampled frame: from the video, or from the imprint without it."""

from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from dbs_core.method.video import frame_at
from dbs_core.records import FrameGeometry, Placement, VideoResult
from dbs_core.runtime.errors import InputError

FRAME_WIDTH = 640
Image = UInt8[np.ndarray, "height width 3"]
"""A picture, RGB."""
WHOLE = FrameGeometry(0.0, 0.0, 1.0, 1.0)
"""Of a picture that the features see all of."""


def still(path: Path, time_s: float) -> Image:
    """Decode the frame at a time, at most 640 pixels wide.

    Raises:
        InputError: the file is missing or holds no frame that decodes.
    """
    image = frame_at(path, time_s + 1e-3)[1]
    height, width = image.shape[:2]
    if width <= FRAME_WIDTH:
        return image
    size = (FRAME_WIDTH, max(1, round(height * FRAME_WIDTH / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def still_or_patch(
    path: Path, result: VideoResult, index: int
) -> tuple[Image, FrameGeometry]:
    """Give the picture of a sampled frame, and what the features see of it.

    Where the video cannot be read any more, the imprint has a picture too.

    Args:
        path: of the video.
        result: what was found in it.
        index: which sampled frame.
    """
    try:
        return still(path, float(result.placement.times_s[index])), result.geometry
    except InputError:
        return imprint_patch(result.mosaic, result.placement, index), WHOLE


def imprint_patch(
    mosaic: Image, placement: Placement, index: int
) -> UInt8[np.ndarray, "h w 3"]:
    """Cut a frame's window out of the mean image: its picture without the video."""
    tall = mosaic.shape[0] // placement.grid[0]
    wide = mosaic.shape[1] // placement.grid[1]
    row, column = (int(x) for x in placement.best[index])
    turned = np.roll(mosaic, (-row * tall, -column * wide), axis=(0, 1))
    return turned[: placement.window[0] * tall, : placement.window[1] * wide]
