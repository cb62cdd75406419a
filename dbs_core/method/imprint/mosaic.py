"""The imprint as a picture: the mean image of what lies on each cell.

PAPER footnote 1: an imprint of CNN features cannot be shown, so frames are
accumulated where they lie. We use Eq. 3 itself with patches of pixels for features.
"""

import numpy as np
from jaxtyping import UInt8

from dbs_core.method.features.thumbnails import PATCH
from dbs_core.method.imprint.accumulation import imprint_of
from dbs_core.records import Features, Placement

EMPTY = 128
"""Grey level of cells that hold no frame."""


def mosaic(
    thumbnails: UInt8[np.ndarray, "t small_height small_width 3"],
    placement: Placement,
) -> UInt8[np.ndarray, "height width 3"]:
    """Average thumbnails into the grid: `[gh * PATCH, gw * PATCH, 3]` RGB."""
    (t, (h, w)), (gh, gw) = (len(thumbnails), placement.window), placement.grid
    cells = thumbnails.reshape(t, h, PATCH, w, PATCH, 3).swapaxes(2, 3)
    # The values are bytes: float16 holds them exactly.
    patches = cells.reshape(t, h, w, PATCH * PATCH * 3).astype(np.float16)
    imprint = imprint_of(
        Features(patches, placement.times_s, placement.duration_s), placement
    )
    mean = np.where(imprint.usage[..., None] > 0, imprint.mean, EMPTY)
    grid = mean.reshape(gh, gw, PATCH, PATCH, 3).swapaxes(1, 2)
    return np.rint(grid.reshape(gh * PATCH, gw * PATCH, 3)).astype(np.uint8)
