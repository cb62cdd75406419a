"""Still frames of a video as JPEG: one frame, or a sheet of a hundred small ones."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from dbs_core.method.video import sample_frames

SHEET = 100  # frames on one sheet, ten a row
TILE_WIDTH = 120


def tile_size(width: int, height: int) -> tuple[int, int]:
    """Give width and height of a small frame, even numbers of pixels."""
    tall = round(TILE_WIDTH * height / max(width, 1) / 2) * 2
    return TILE_WIDTH, min(max(tall, 20), 320)


def jpeg(image: UInt8[np.ndarray, "height width 3"], quality: int = 85) -> bytes:
    """Encode an RGB image."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality]
    done, data = cv2.imencode(".jpg", image[..., ::-1], settings)
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape}")
    return data.tobytes()


def resized(
    image: UInt8[np.ndarray, "height width 3"], size: tuple[int, int]
) -> UInt8[np.ndarray, "height width 3"]:
    """Shrink an image to (width, height)."""
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def sheet(
    path: Path,
    times_s: Float64[np.ndarray, " t"],
    page: int,
    size: tuple[int, int],
) -> UInt8[np.ndarray, "height width 3"]:
    """Lay a hundred small frames out, ten a row: frame i at (i // 10, i % 10).

    Raises:
        InputError: the file is missing or holds no frame that decodes.
    """
    times = times_s[page * SHEET : (page + 1) * SHEET]
    canvas = np.zeros((-(-len(times) // 10) * size[1], 10 * size[0], 3), np.uint8)
    for i, tile in _tiles(path, times, size):
        y, x = i // 10 * size[1], i % 10 * size[0]
        canvas[y : y + size[1], x : x + size[0]] = tile
    return canvas


def _tiles(
    path: Path, times: np.ndarray, size: tuple[int, int]
) -> Iterator[tuple[int, np.ndarray]]:
    """Decode once through and give each frame to the place whose time is nearest."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    sampling = sample_frames(
        path,
        rate_hz=1 / step,
        start_s=float(times[0]),
        end_s=float(times[-1]) + step / 2,
        size=size,
    )
    for time_s, image in sampling:
        yield int(np.abs(times - time_s).argmin()), image
