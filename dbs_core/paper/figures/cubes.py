"""Cubes as in Figure 1: a map in front, its channels along the depth."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, UInt8
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from dbs_core.method.backprojection.windows import coverage
from dbs_core.pictures.imprint import mosaic_face
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import colour_map
from dbs_core.records import VideoResult

DEPTH = 0.3
"""Depth of a cube, in widths of its face, to the right and up."""


def open_room(axes: Axes) -> None:
    """Make room for a face of one unit and its depth."""
    axes.set_xlim(-0.01, 1.01 + DEPTH)
    axes.set_ylim(-0.01, 1.01 + DEPTH)
    axes.set_aspect("equal", anchor="SW")


def mosaic_cube(axes: Axes, result: VideoResult) -> None:
    """Draw the imprint: mean image in front, its channels along the depth.

    The channels are those of the mean image (Eq. 3 with patches of pixels), averaged
    over each column for the top and over each row for the side.
    """
    (gh, gw), face = result.placement.grid, mosaic_face(result, PRINT)
    tall, wide = face.shape[0] // gh, face.shape[1] // gw
    cells = face.reshape(gh, tall, gw, wide, 3).swapaxes(1, 2).mean(axis=-1)
    channels = cells.reshape(gh, gw, -1)[..., :: max(1, tall * wide // 18)]
    used = (coverage(result.placement.best, result.placement) > 0)[..., None]
    _solid(axes, face, *(_through(channels, used, axis) for axis in (0, 1)))


def _through(
    channels: Float[np.ndarray, "gh gw d"], used: Bool[np.ndarray, "gh gw 1"], axis: int
) -> Float[np.ndarray, "g d"]:
    """Average the channels of used cells along an axis, stretched over 0.1 to 1."""
    count = np.maximum(used.sum(axis=axis), 1)
    mean = np.where(used, channels, 0).sum(axis=axis) / count
    filled = np.any(used[..., 0], axis=axis).reshape(-1)
    low, high = np.percentile(mean[filled], (2, 98))
    return np.clip((mean - low) / max(high - low, 1e-6), 0, 1) * 0.9 + 0.1


def _solid(
    axes: Axes,
    face: UInt8[np.ndarray, "height width 3"],
    top: Float[np.ndarray, "gw d"],
    side: Float[np.ndarray, "gh d"],
) -> None:
    room = axes.transData
    axes.imshow(face, extent=(0, 1, 0, 1), interpolation="none", zorder=2)
    lean = Affine2D(np.array([[1, DEPTH, 0], [0, DEPTH, 1], [0, 0, 1.0]]))
    rise = Affine2D(np.array([[DEPTH, 0, 1], [DEPTH, 1, 0], [0, 0, 1.0]]))
    for values, turn, shade in ((top.T[::-1], lean, 0.62), (side, rise, 0.45)):
        axes.imshow(
            np.repeat((values * shade)[..., None], 3, axis=-1),
            extent=(0, 1, 0, 1),
            interpolation="none",
            transform=turn + room,
            zorder=1,
        )
    _edges(axes, 0.0, "#20242A")
    corners = [(0, 1), (DEPTH, 1 + DEPTH), (1 + DEPTH, 1 + DEPTH), (1 + DEPTH, DEPTH)]
    line = Polygon([*corners, (1, 0)], closed=False, fill=False, ec="#20242A", lw=0.6)
    axes.add_patch(line)
    axes.plot([1, 1 + DEPTH], [1, 1 + DEPTH], color="#20242A", lw=0.6)
    open_room(axes)


def map_deck(
    axes: Axes,
    maps: Sequence[Float[np.ndarray, "gh gw"]],
    colours: Sequence[str],
) -> None:
    """Draw class maps one behind the other, the first in front, each with its edge."""
    step = DEPTH / max(len(maps) - 1, 1)
    shades = colour_map(PRINT).with_extremes(bad=PRINT.panel)
    for place in reversed(range(len(maps))):
        at = place * step
        axes.imshow(
            maps[place],
            cmap=shades,
            vmin=0,
            vmax=1,
            extent=(at, 1 + at, at, 1 + at),
            interpolation="none",
            zorder=2 + len(maps) - place,
        )
        edge = Rectangle((at, at), 1, 1, fill=False, ec=colours[place], lw=1.1)
        edge.set_zorder(2.5 + len(maps) - place)
        axes.add_patch(edge)
    open_room(axes)


def _edges(axes: Axes, at: float, colour: str) -> None:
    box = Rectangle((at, at), 1, 1, fill=False, ec=colour, lw=0.6, zorder=3)
    axes.add_patch(box)
