"""The imprint for a paper: its mean image, and the map of one class."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from dbs_core.records import BACKGROUND, ClassList, VideoResult
from explorer.figures.grids import score_map
from explorer.figures.printing import (
    Picture,
    colour_map,
    new_figure,
    picture_of,
    quiet,
)
from explorer.figures.torus import coverage, outlines
from explorer.palette import Palette


def imprint_picture(result: VideoResult, index: int, colours: Palette) -> Picture:
    """Draw the mean image with the window of a frame."""
    figure = new_figure(5, 5, colours)
    axes = figure.subplots()
    draw_mosaic(axes, result, colours)
    _window(axes, result, index)
    return picture_of(figure)


def maps_picture(
    result: VideoResult, label: int, classes: ClassList, index: int, colours: Palette
) -> Picture:
    """Draw mean image, class map and background map side by side."""
    figure = new_figure(9.6, 3.4, colours)
    pictures = figure.subplots(1, 3)
    draw_mosaic(pictures[0], result, colours)
    pictures[0].set_title("mean image", fontsize=9, color=colours.text)
    gh, gw = result.placement.grid
    for axes, item in zip(pictures[1:], (label, BACKGROUND), strict=True):
        drawn = axes.imshow(
            score_map(result.grid, item),
            cmap=colour_map(colours),
            vmin=0,
            vmax=1,
            extent=(-0.5, gw - 0.5, gh - 0.5, -0.5),
        )
        axes.set_title(classes.name_of(item), fontsize=9, color=colours.text)
        _bare(axes, colours)
    for axes in pictures:
        _window(axes, result, index)
    bar = figure.colorbar(drawn, ax=list(pictures), fraction=0.015, pad=0.015)
    bar.ax.tick_params(colors=colours.text, labelsize=8)
    bar.outline.set_visible(False)
    return picture_of(figure)


def draw_mosaic(axes: Axes, result: VideoResult, colours: Palette) -> None:
    """Draw the mean image, one unit a cell."""
    gh, gw = result.placement.grid
    image = np.array(result.mosaic)
    empty = coverage(result.placement.best, result.placement) == 0
    tall, wide = image.shape[0] // gh, image.shape[1] // gw
    hidden = empty.repeat(tall, axis=0).repeat(wide, axis=1)
    image[hidden] = np.round(np.multiply(to_rgb(colours.panel), 255))
    axes.imshow(image, extent=(-0.5, gw - 0.5, gh - 0.5, -0.5))
    _bare(axes, colours)


def _bare(axes: Axes, colours: Palette) -> None:
    quiet(axes, colours)
    axes.set_xticks([])
    axes.set_yticks([])


def _window(axes: Axes, result: VideoResult, index: int) -> None:
    placement = result.placement
    origin = int(placement.best[index, 0]), int(placement.best[index, 1])
    for r, c, h, w in outlines(origin, placement.window, placement.grid):
        box = Rectangle((c - 0.5, r - 0.5), w, h, fill=False, ec="#FFB000", lw=1.6)
        axes.add_patch(box)
