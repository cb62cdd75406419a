"""A detection as in the paper's Figure 4: frames with heat maps over a time bar."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, UInt8
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Rectangle

from dbs_core.method.backprojection.heat import Heat, heat_map
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.pictures.palette import Palette
from dbs_core.pictures.printing import (
    Picture,
    colour_map,
    new_figure,
    picture_of,
    quiet,
)
from dbs_core.records import ClassList, FrameGeometry, VideoResult

FRAMES = 7


def strip_times(result: VideoResult, number: int) -> tuple[int, ...]:
    """Choose the sampled frames of a strip: evenly over the detection and its sides."""
    start, end = result.detections.spans_s[number]
    side = 0.25 * (end - start)
    times = np.linspace(max(0, start - side), end + side, FRAMES)
    places = {frame_index(result.placement.starts_s, float(t)) for t in times}
    return tuple(sorted(places))


def strip_picture(
    result: VideoResult,
    number: int,
    indices: Sequence[int],
    images: Sequence[UInt8[np.ndarray, "height width 3"]],
    classes: ClassList,
    colours: Palette,
    kind: Heat = "place",
) -> Picture:
    """Draw frames with the heat map of the detection's class, and the time bar."""
    label = int(result.detections.labels[number])
    maps = [heat_map(result, index, label, kind) for index in indices]
    top = float(score_top(result, label))
    figure = new_figure(1.55 * len(images), 2.5, colours)
    grid = figure.add_gridspec(2, len(images), height_ratios=[3, 1], wspace=0.04)
    bar = figure.add_subplot(grid[1, :])
    _draw_bar(bar, result, number, indices, classes, colours)
    for i, (image, heat, index) in enumerate(zip(images, maps, indices, strict=True)):
        axes = figure.add_subplot(grid[0, i])
        draw_frame(axes, result, image, heat / top, colours)
        time_s = float(result.placement.times_s[index])
        axes.set_title(f"{time_s:.1f} s", fontsize=8, color=colours.text, pad=3)
        link = ConnectionPatch(
            (0.5, 0), (time_s, 0), "axes fraction", "data", axesA=axes, axesB=bar
        )
        link.set(color=colours.border, lw=0.8)
        figure.add_artist(link)
    return picture_of(figure)


def frame_picture(
    result: VideoResult,
    image: UInt8[np.ndarray, "height width 3"],
    label: int,
    index: int,
    colours: Palette,
    title: str = "",
    kind: Heat = "place",
) -> Picture:
    """Draw one frame with the heat map of a class, and a title above if it has one."""
    heat = heat_map(result, index, label, kind)
    figure = new_figure(5.0, 5 * image.shape[0] / image.shape[1], colours)
    axes = figure.add_axes((0, 0, 1, 1))
    draw_frame(axes, result, image, heat / score_top(result, label), colours)
    if title:
        axes.set_title(title, fontsize=9, color=colours.text)
    return picture_of(figure)


def score_top(result: VideoResult, label: int) -> float:
    """Give the largest score of a class on the cells with frames: one scale a clip."""
    shown = result.grid.probability[..., label][result.grid.mask]
    return max(float(shown.max(initial=0.0)), 0.05)


def draw_frame(
    axes: Axes,
    result: VideoResult,
    image: np.ndarray,
    heat: Float32[np.ndarray, "h w"],
    colours: Palette,
) -> None:
    """Draw a frame with a heat map (shares of 1) over what the features see of it."""
    draw_still(axes, image, result.geometry, heat, colours)


def draw_still(
    axes: Axes,
    image: np.ndarray,
    box: FrameGeometry,
    heat: Float32[np.ndarray, "h w"] | None,
    colours: Palette,
    *,
    paper: bool = False,
) -> None:
    """Draw an image, with a heat map (shares of 1) over a box of it where given.

    On a screen weak scores leave the picture clear; on paper the map is everywhere
    as strong, from violet to yellow, since small pictures need contrast.
    """
    height, width = image.shape[:2]
    axes.imshow(image)
    if heat is not None:
        share = np.clip(heat, 0, 1)
        axes.imshow(
            share,
            cmap="inferno" if paper else colour_map(colours),
            vmin=-0.15 if paper else 0,
            vmax=1.25 if paper else 1,
            extent=(box.x0 * width, box.x1 * width, box.y1 * height, box.y0 * height),
            alpha=0.5 if paper else 0.55 * (0.2 + 0.8 * share),
            interpolation="bilinear",
        )
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    quiet(axes, colours)
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_bar(
    axes: Axes,
    result: VideoResult,
    number: int,
    indices: Sequence[int],
    classes: ClassList,
    colours: Palette,
) -> None:
    found = result.detections
    start, end = found.spans_s[number]
    label = int(found.labels[number])
    times = result.placement.times_s[list(indices)]
    left, right = min(times[0], start), max(times[-1], end)
    rows = [("found", colours.right, [(start, end)])]
    if result.truth is not None:
        spans = result.truth.segments.spans_s[result.truth.segments.labels == label]
        rows.insert(0, ("truth", colours.categories[0], [tuple(s) for s in spans]))
    for place, (_, colour, spans) in enumerate(rows):
        for low, high in spans:
            axes.add_patch(Rectangle((low, place + 0.2), high - low, 0.6, fc=colour))
    quiet(axes, colours)
    axes.set_xlim(left - 0.02 * (right - left), right + 0.02 * (right - left))
    axes.set_ylim(len(rows), 0)
    axes.set_yticks([i + 0.5 for i in range(len(rows))], [name for name, _, _ in rows])
    axes.set_xlabel(
        f"{classes.name_of(label)}, score {found.scores[number]:.2f}, seconds",
        fontsize=8,
    )
