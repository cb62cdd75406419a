"""The imprint for a paper: any layer of the player, with the window of a frame."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float, UInt8, UInt16
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LogNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch, Rectangle

from dbs_core.method.backprojection.windows import coverage, outlines
from dbs_core.pictures.layers import (
    NO_FRAME,
    entropy_share,
    posterior_map,
    score_map,
    segmentation_map,
)
from dbs_core.pictures.palette import GREY, PRINT, Palette, class_colours
from dbs_core.pictures.printing import (
    Picture,
    colour_map,
    new_figure,
    picture_of,
    quiet,
)
from dbs_core.pictures.truth_map import truth_labels
from dbs_core.records import BACKGROUND, ClassList, VideoResult, classes_present


def layer_picture(
    result: VideoResult,
    layer: str,
    label: int,
    index: int,
    classes: ClassList,
    colours: Palette,
) -> Picture | None:
    """Draw a layer of the imprint; None for an annotation without truth."""
    figure = new_figure(5.4, 5.0, colours)
    axes = figure.subplots()
    if layer in ("segmentation", "annotation"):
        annotated = layer == "annotation"
        labels = truth_labels(result) if annotated else segmentation_map(result.grid)
        if labels is None:
            return None
        _draw_labels(axes, result, labels, classes, colours)
    elif layer == "mosaic":
        draw_mosaic(axes, result, colours)
    elif layer == "posterior":
        _draw_posterior(figure, axes, result, index, colours)
    else:
        drawn = _draw_numbers(
            axes, result, _numbers(result, layer, label, index), colours
        )
        _draw_bar(figure, axes, drawn, _MEANS.get(layer, "score"), colours)
    title = f"score of {classes.name_of(label)}" if layer == "score" else layer
    axes.set_title({"mosaic": "mean image"}.get(layer, title), fontsize=9)
    axes.title.set_color(colours.text)
    draw_window(axes, result, index)
    return picture_of(figure)


_MEANS = {"occupancy": "samples on a cell", "entropy": "how undecided between classes"}
_FAINT = 1e-3
"""Weights of a posterior below this have its colour: most are 1 or next to nothing."""


def _draw_bar(
    figure: Figure, axes: Axes, drawn: ScalarMappable, name: str, colours: Palette
) -> Colorbar:
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02)
    bar.ax.tick_params(colors=colours.text, labelsize=8)
    bar.set_label(name, fontsize=8, color=colours.text)
    bar.outline.set_visible(False)
    return bar


def _draw_posterior(
    figure: Figure, axes: Axes, result: VideoResult, index: int, colours: Palette
) -> None:
    """Draw where a frame may lie: marks larger than a cell, on the cells in use."""
    ground = np.full((*result.placement.grid, 3), to_rgb(colours.panel))
    ground[coverage(result.placement.best, result.placement) > 0] = to_rgb(
        colours.border
    )
    axes.imshow(ground, extent=_extent(result))
    weights = posterior_map(result.placement, index)
    rows, columns = np.nonzero(np.isfinite(weights))
    order = np.argsort(weights[rows, columns])  # the likely ones on top
    drawn = axes.scatter(
        columns[order],
        rows[order],
        c=weights[rows, columns][order],
        cmap=colour_map(colours),
        norm=LogNorm(_FAINT, 1, clip=True),
        marker="s",
        s=42,
        edgecolors=colours.text,
        linewidths=0.7,
        zorder=3,
    )
    quiet(axes, colours)
    axes.set_xlabel("column of the window's first cell", fontsize=8)
    axes.set_ylabel("row", fontsize=8, color=colours.text)
    bar = _draw_bar(figure, axes, drawn, "posterior weight", colours)
    ticks = [_FAINT, 0.01, 0.1, 1]
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])  # no mathematics
    bar.minorticks_off()


def _numbers(
    result: VideoResult, layer: str, label: int, index: int
) -> Float[np.ndarray, "gh gw"]:
    used = coverage(result.placement.best, result.placement) > 0
    if layer == "occupancy":
        return np.where(used, result.usage, np.nan)
    if layer == "entropy":
        return np.where(used, entropy_share(result.grid), np.nan)
    return score_map(result.grid, label)


def maps_picture(
    result: VideoResult, label: int, classes: ClassList, index: int, colours: Palette
) -> Picture:
    """Draw mean image, class map and background map side by side."""
    figure = new_figure(9.6, 3.4, colours)
    pictures = figure.subplots(1, 3)
    draw_mosaic(pictures[0], result, colours)
    pictures[0].set_title("mean image", fontsize=9, color=colours.text)
    for axes, item in zip(pictures[1:], (label, BACKGROUND), strict=True):
        drawn = _draw_numbers(axes, result, score_map(result.grid, item), colours)
        drawn.set_clim(0, 1)
        axes.set_title(classes.name_of(item), fontsize=9, color=colours.text)
    for axes in pictures:
        draw_window(axes, result, index)
    bar = figure.colorbar(drawn, ax=list(pictures), fraction=0.015, pad=0.015)
    bar.ax.tick_params(colors=colours.text, labelsize=8)
    bar.outline.set_visible(False)
    return picture_of(figure)


def draw_mosaic(axes: Axes, result: VideoResult, colours: Palette) -> None:
    """Draw the mean image, one unit a cell; cells without frames stay empty."""
    axes.imshow(mosaic_face(result, colours), extent=_extent(result))
    _bare(axes, colours)


def mosaic_face(
    result: VideoResult, colours: Palette
) -> UInt8[np.ndarray, "height width 3"]:
    """Give the mean image with cells that hold no frame in the colour of panels."""
    (gh, gw), face = result.placement.grid, np.array(mean_image(result))
    empty = coverage(result.placement.best, result.placement) == 0
    tall, wide = face.shape[0] // gh, face.shape[1] // gw
    hidden = empty.repeat(tall, axis=0).repeat(wide, axis=1)
    face[hidden] = np.round(np.multiply(to_rgb(colours.panel), 255))
    return face


def mean_image(result: VideoResult) -> UInt8[np.ndarray, "height width 3"]:
    """Give the mean image of the frames on the imprint.

    Of features without a video there is none: each cell has the colour of its class.
    """
    if result.info.seen:
        return result.mosaic
    (gh, gw), (height, width, _) = result.placement.grid, result.mosaic.shape
    quiet_ground = replace(PRINT, panel=GREY, border=GREY)
    painted, _ = paint_labels(result, segmentation_map(result.grid), quiet_ground)
    cells = np.round(painted * 255).astype(np.uint8)
    return cells.repeat(height // gh, axis=0).repeat(width // gw, axis=1)


def paint_labels(
    result: VideoResult, labels: UInt16[np.ndarray, "gh gw"], colours: Palette
) -> tuple[np.ndarray, dict[int, str]]:
    """Colour each cell by its class, background pale; gives image and class colours.

    Cells whose frames are too few for the mask (`mask_tau`) have no class: pale too.
    """
    used = coverage(result.placement.best, result.placement) > 0
    labels = np.where(labels == NO_FRAME, np.uint16(BACKGROUND), labels)
    shown = [int(x) for x in np.unique(labels[used & (labels > BACKGROUND)])]
    order = list(dict.fromkeys([*classes_present(result), *shown]))
    every = class_colours(order, result.grid.probability.shape[-1] - 1, colours)
    painted = {label: every[label] for label in shown}
    picture = np.full((*labels.shape, 3), to_rgb(colours.panel))
    picture[used] = to_rgb(colours.border)
    for label, colour in painted.items():
        picture[(labels == label) & used] = to_rgb(colour)
    return picture, painted


def _draw_labels(
    axes: Axes,
    result: VideoResult,
    labels: UInt16[np.ndarray, "gh gw"],
    classes: ClassList,
    colours: Palette,
) -> None:
    picture, painted = paint_labels(result, labels, colours)
    axes.imshow(picture, extent=_extent(result))
    _bare(axes, colours)
    handles = [Patch(fc=c, label=classes.name_of(x)) for x, c in painted.items()]
    _legend(axes, [*handles, Patch(fc=colours.border, label="background")], colours)


def _legend(axes: Axes, handles: Sequence[Patch], colours: Palette) -> None:
    legend = axes.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.01),
        ncols=3,
        fontsize=8,
        frameon=False,
    )
    for text in legend.get_texts():
        text.set_color(colours.text)


def _draw_numbers(
    axes: Axes, result: VideoResult, values: np.ndarray, colours: Palette
) -> AxesImage:
    drawn = axes.imshow(
        values, cmap=colour_map(colours), vmin=0, extent=_extent(result)
    )
    axes.set_facecolor(colours.panel)
    _bare(axes, colours)
    return drawn


def _extent(result: VideoResult) -> tuple[float, float, float, float]:
    gh, gw = result.placement.grid
    return (-0.5, gw - 0.5, gh - 0.5, -0.5)


def _bare(axes: Axes, colours: Palette) -> None:
    quiet(axes, colours)
    axes.set_xticks([])
    axes.set_yticks([])


def draw_window(axes: Axes, result: VideoResult, index: int) -> None:
    """Outline the window of a frame's most likely location."""
    placement = result.placement
    origin = int(placement.best[index, 0]), int(placement.best[index, 1])
    for r, c, h, w in outlines(origin, placement.window, placement.grid):
        box = Rectangle((c - 0.5, r - 0.5), w, h, fill=False, ec="#FFB000", lw=1.6)
        axes.add_patch(box)
