"""Pictures that move by a known amount: every answer is in how they are drawn."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

SIZE = (340, 256)
MARGIN = 80
"""Pixels of texture beyond each border that can move into the picture."""


def texture(seed: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Draw smooth noise with a margin: something to follow at every place."""
    width, height = size[0] + 2 * MARGIN, size[1] + 2 * MARGIN
    noise = np.random.default_rng(seed).random((height, width)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5)
    levels = cv2.normalize(smooth, None, 20, 235, cv2.NORM_MINMAX)
    return levels.astype(np.uint8)


def moved(
    levels: np.ndarray, right: float, down: float, size: tuple[int, int] = SIZE
) -> np.ndarray:
    """Cut the picture out after the texture has moved by so many pixels."""
    shift = np.array([[1, 0, right - MARGIN], [0, 1, down - MARGIN]], np.float32)
    return cv2.warpAffine(levels, shift, size, flags=cv2.INTER_CUBIC)


def write_moving(
    path: Path,
    places: Sequence[tuple[float, float]],
    *,
    times_ms: Sequence[int] | None = None,
    rate: Fraction = Fraction(25),
    size: tuple[int, int] = SIZE,
) -> Path:
    """Write a video whose texture lies at a place (right, down) in each frame."""
    levels = texture(size=size)
    clock = Fraction(1, 1000) if times_ms is not None else 1 / rate
    stamps = range(len(places)) if times_ms is None else times_ms
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "8", "preset": "veryfast", "g": "25"}
        stream.time_base = stream.codec_context.time_base = clock
        for (right, down), stamp in zip(places, stamps, strict=True):
            grey = moved(levels, right, down, size)
            frame = av.VideoFrame.from_ndarray(np.dstack([grey] * 3), "rgb24")
            frame.pts, frame.time_base = stamp, clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
