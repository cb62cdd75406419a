"""Maps kept small: on fewer axes, each number in a byte.

Axes are the leading ones of cells of unit length, without taking a mean off: lengths
and angles, which all that follows compares, stay as near as so many axes can keep them.
A byte is a 255th of what a channel spans in one video.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float, Float16, Float32

from dbs_core.records import Maps, PackedMaps

Precision = Literal["float16", "uint8"]
BYTES = {"float16": 2, "uint8": 1}
LEAST = 1e-12
CHUNK = 64
"""Frames at a time."""


def leading_axes(
    cells: Float[np.ndarray, "n d"], count: int
) -> Float32[np.ndarray, "d r"]:
    """Give the axes that hold most of cells of unit length, the strongest first.

    Args:
        cells: raw feature cells.
        count: axes to give, at most as many as there are channels.
    """
    cells = cells.astype(np.float32)
    cells /= np.maximum(np.linalg.norm(cells, axis=1, keepdims=True), LEAST)
    _, vectors = np.linalg.eigh((cells.T @ cells).astype(np.float64))
    axes = vectors[:, ::-1][:, :count]
    # The sign of an eigenvector is arbitrary: fix it, so that two machines agree.
    peak = np.abs(axes).argmax(axis=0)
    return (axes * np.sign(axes[peak, np.arange(axes.shape[1])])).astype(np.float32)


def as_bytes(maps: Float16[np.ndarray, "t h w d"]) -> PackedMaps:
    """Round each channel to the nearest of 256 steps between its extremes."""
    low = maps.min(axis=(0, 1, 2)).astype(np.float32)
    high = maps.max(axis=(0, 1, 2)).astype(np.float32)
    scale = np.where(high > low, (high - low) / 255, 1).astype(np.float32)
    steps = np.empty(maps.shape, np.uint8)
    for first in range(0, len(maps), CHUNK):
        part = (maps[first : first + CHUNK] - low) / scale
        steps[first : first + CHUNK] = np.rint(part).clip(0, 255)
    return PackedMaps(steps, low, scale)


def on_axes(
    maps: Maps, axes: Float32[np.ndarray, "d r"] | None
) -> Float16[np.ndarray, "t h w r"]:
    """Put maps, perhaps on disk, on axes in bounded pieces; None leaves them."""
    if axes is None:
        return np.asarray(maps, np.float16)
    kept = np.empty((*maps.shape[:3], axes.shape[1]), np.float16)
    for first in range(0, len(maps), CHUNK):
        piece = np.asarray(maps[first : first + CHUNK], np.float32)
        kept[first : first + CHUNK] = piece @ axes
    return kept
