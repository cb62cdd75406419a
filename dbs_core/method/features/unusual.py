"""Where a frame shows something unusual: how far each place is from its usual look.

A class scores nearly the same all over a frame, since the frame's whole window on the
imprint is labelled as one: that says what, not where. Whoever acts moves, and what is
around stays; so the place is told by how far a cell is from its mean over the samples
around it. Two maps of the network know it: the last one, of which the features are
(square-rooted, so that no single channel decides), and an earlier one of twice as many
cells a side. Both say it together, and neither knows a class.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from dbs_core.records import Features

AROUND = 2
"""Samples to either side that say what is usual: 0.4 seconds at 5 samples a second."""
CHUNK = 32

Bytes = UInt8[np.ndarray, "t h w"]


class Deviations:
    """How far each cell is from its mean over the samples around, as samples come."""

    def __init__(self, around: int = AROUND) -> None:
        self._around = around
        self._kept: np.ndarray | None = None
        self._next = 0

    def add(self, maps: Float[np.ndarray, "n h w d"]) -> Float32[np.ndarray, "m h w"]:
        """Take samples; give those whose surroundings are complete by now."""
        kept = self._kept
        self._kept = maps if kept is None else np.concatenate([kept, maps])
        return self._judged(len(self._kept) - self._around)

    def rest(self) -> Float32[np.ndarray, "m h w"]:
        """Give the last samples, whose surroundings end with the video."""
        return self._judged(0 if self._kept is None else len(self._kept))

    def _judged(self, end: int) -> Float32[np.ndarray, "m h w"]:
        first = self._next
        if self._kept is None or end <= first:
            size = (1, 1) if self._kept is None else self._kept.shape[1:3]
            return np.zeros((0, *size), np.float32)
        maps = self._kept.astype(np.float64)
        sums = np.concatenate([np.zeros_like(maps[:1]), maps.cumsum(axis=0)])
        low = np.maximum(np.arange(first, end) - self._around, 0)
        high = np.minimum(np.arange(first, end) + self._around + 1, len(maps))
        usual = (sums[high] - sums[low]) / (high - low)[:, None, None, None]
        far = np.sqrt(((maps[first:end] - usual) ** 2).sum(axis=-1))
        gone = max(end - self._around, 0)
        self._kept, self._next = self._kept[gone:], end - gone
        return far.astype(np.float32)


def as_bytes(maps: Float[np.ndarray, "t h w"]) -> Bytes:
    """Scale each frame from its least, 0, to its most, 255; 255 where all is alike."""
    low, high = (f(maps, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    reach = high - low
    share = np.where(reach > 0, (maps - low) / np.where(reach > 0, reach, 1), 1)
    return np.rint(share * 255).astype(np.uint8)


def blurred(maps: Float32[np.ndarray, "t h w"]) -> Float32[np.ndarray, "t h w"]:
    """Average over 3 x 3 cells: single cells of an early map are noisy."""
    edge = cv2.BORDER_REPLICATE
    parts = [cv2.blur(one, (3, 3), borderType=edge) for one in maps]
    return np.stack(parts) if parts else maps


def spread(
    maps: Float32[np.ndarray, "t h w"], size: tuple[int, int]
) -> Float32[np.ndarray, "t tall wide"]:
    """Lay maps out over more cells, between whose middles values change evenly."""
    if maps.shape[1:] == size:
        return maps
    across = size[1], size[0]
    parts = [cv2.resize(one, across, interpolation=cv2.INTER_LINEAR) for one in maps]
    return np.stack(parts) if parts else np.zeros((0, *size), np.float32)


def unusual(features: Features, fine: Bytes | None) -> Bytes | None:
    """Say of each frame where it is unusual; None of features of one cell a frame.

    Args:
        features: of the video.
        fine: the same of an earlier map of the network. Without it, as of features
            made elsewhere, the features alone tell it, on fewer cells.
    """
    if features.maps.shape[1:3] == (1, 1):
        return None
    coarse = [as_bytes(part) for part in _of_features(features)]
    own = np.concatenate(coarse)
    if fine is None:
        return own
    size = fine.shape[1], fine.shape[2]
    product = spread(own.astype(np.float32), size) * fine
    top = product.max(axis=(1, 2), keepdims=True)
    return np.rint(product / np.maximum(top, 1) * 255).astype(np.uint8)


def _of_features(features: Features) -> Iterator[Float32[np.ndarray, "n h w"]]:
    far = Deviations()
    for first in range(0, len(features), CHUNK):
        part = np.array(features.maps[first : first + CHUNK], np.float32)
        yield far.add(np.sqrt(np.maximum(part, 0)))
    yield far.rest()
