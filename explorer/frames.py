"""Still frames of a video as JPEG: one frame, or a sheet of a hundred small ones."""

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from jaxtyping import UInt8

from dbs_core.errors import InputError

SHEET = 100  # frames on one sheet, ten a row
TILE_WIDTH = 120


def tile_size(width: int, height: int) -> tuple[int, int]:
    """Give width and height of a small frame, even numbers of pixels."""
    tall = round(TILE_WIDTH * height / max(width, 1) / 2) * 2
    return TILE_WIDTH, min(max(tall, 20), 320)


def frames_at(
    path: Path, times_s: Sequence[float], size: tuple[int, int]
) -> list[UInt8[np.ndarray, "height width 3"]]:
    """Decode the frames shown at increasing times, resized to (width, height).

    Raises:
        InputError: the file cannot be decoded.
    """
    wanted, found, last = list(times_s), [], None
    try:
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            stream.thread_type = "AUTO"
            start = (
                float(stream.start_time * stream.time_base) if stream.start_time else 0
            )
            if wanted and wanted[0] > 2:
                file.seek(int((wanted[0] + start) * 1e6))
            for frame in file.decode(stream):
                time_s = frame.time - start
                while wanted and last is not None and time_s > wanted[0] + 1e-3:
                    found.append(last.reformat(*size, "rgb24").to_ndarray())
                    wanted.pop(0)
                last = frame
                if not wanted:
                    break
    except (av.FFmpegError, OSError, IndexError) as error:
        raise InputError(f"cannot decode ({error})", where=path) from error
    if last is not None:
        found += [last.reformat(*size, "rgb24").to_ndarray() for _ in wanted]
    return found


def jpeg(image: UInt8[np.ndarray, "height width 3"], quality: int = 85) -> bytes:
    """Encode an RGB image."""
    done, data = cv2.imencode(
        ".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape}")
    return data.tobytes()


def sheet(
    path: Path, times_s: np.ndarray, page: int, size: tuple[int, int]
) -> UInt8[np.ndarray, "height width 3"]:
    """Lay a hundred small frames out, ten a row: frame i at (i // 10, i % 10)."""
    times = times_s[page * SHEET : (page + 1) * SHEET]
    tiles = frames_at(path, times, size)
    rows = -(-len(times) // 10)
    canvas = np.zeros((rows * size[1], 10 * size[0], 3), np.uint8)
    for i, tile in enumerate(tiles):
        y, x = i // 10 * size[1], i % 10 * size[0]
        canvas[y : y + size[1], x : x + size[0]] = tile
    return canvas
