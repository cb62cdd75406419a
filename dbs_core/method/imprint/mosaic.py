"""The imprint as a picture: the mean image of what lies on each cell.

PAPER footnote 1: an imprint of CNN features cannot be shown, so frames are
accumulated where they lie. We use Eq. 3 itself with patches of pixels for features.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from dbs_core.method.features.thumbnails import PATCH
from dbs_core.method.imprint.accumulation import CHUNK, averaged
from dbs_core.records import Placement, let_go

EMPTY = 128
"""Grey level of cells that hold no frame."""


def mosaic(
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"] | None,
    placement: Placement,
) -> UInt8[np.ndarray, "height width 3"]:
    """Average thumbnails into the grid: `[gh * PATCH, gw * PATCH, 3]` RGB.

    Of features without a video all of it is empty.
    """
    gh, gw = placement.grid
    if thumbnails is None:
        return np.full((gh * PATCH, gw * PATCH, 3), EMPTY, np.uint8)
    imprint = averaged(_patches(thumbnails, placement.window), placement)
    mean = np.where(imprint.usage[..., None] > 0, imprint.mean, EMPTY)
    grid = mean.reshape(gh, gw, PATCH, PATCH, 3).swapaxes(1, 2)
    return np.rint(grid.reshape(gh * PATCH, gw * PATCH, 3)).astype(np.uint8)


def _patches(
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"],
    window: tuple[int, int],
) -> Iterator[tuple[int, Float32[torch.Tensor, "t h w d"]]]:
    """Give each cell's pixels, in pieces: thumbnails may be a memory map."""
    h, w = window
    for first in range(0, len(thumbnails), CHUNK):
        part = np.array(thumbnails[first : first + CHUNK])
        let_go(thumbnails)
        cells = part.reshape(len(part), h, PATCH, w, PATCH, 3).swapaxes(2, 3)
        patches = cells.reshape(len(part), h, w, PATCH * PATCH * 3)
        yield first, torch.from_numpy(patches.astype(np.float32))
