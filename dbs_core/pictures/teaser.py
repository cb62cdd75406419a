"""The four pictures that tell the idea: video, imprint, segmentation, time."""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8
from matplotlib.axes import Axes

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.method.backprojection.heat import heat_map
from dbs_core.pictures.heat_maps import draw_frame, score_top
from dbs_core.pictures.imprint import draw_mosaic, paint_labels
from dbs_core.pictures.layers import segmentation_map
from dbs_core.pictures.palette import Palette, class_colours
from dbs_core.pictures.printing import new_figure, quiet, save_png
from dbs_core.pictures.timeline import draw_rows
from dbs_core.records import ClassList, VideoResult, classes_present

SIZE = (3.2, 2.6)


def teaser(
    result: VideoResult,
    image: UInt8[np.ndarray, "height width 3"] | None,
    label: int,
    index: int,
    classes: ClassList,
    colours: Palette,
    rule: Rule = THUMOS,
) -> dict[str, bytes]:
    """Draw the pictures as PNG: "video" (where there is one) to "timeline".

    `rule` judges the detections of the last.
    """
    share = heat_map(result, index, label) / score_top(result, label)
    pictures = {
        "imprint": _framed(lambda axes: draw_mosaic(axes, result, colours), colours),
        "segmentation": _framed(lambda axes: _labels(axes, result, colours), colours),
        "timeline": _timeline(result, label, classes, colours, rule),
    }
    if image is None:
        return pictures
    video = _framed(
        lambda axes: draw_frame(axes, result, image, share, colours), colours
    )
    return {"video": video} | pictures


def _framed(draw: Callable[[Axes], None], colours: Palette) -> bytes:
    figure = new_figure(*SIZE, colours)
    axes = figure.add_axes((0, 0, 1, 1))
    quiet(axes, colours)
    draw(axes)
    return save_png(figure)


def _labels(axes: Axes, result: VideoResult, colours: Palette) -> None:
    picture, _ = paint_labels(result, segmentation_map(result.grid), colours)
    axes.imshow(picture)
    axes.set_axis_off()


def _timeline(
    result: VideoResult, label: int, classes: ClassList, colours: Palette, rule: Rule
) -> bytes:
    figure = new_figure(*SIZE, colours)
    rows, curve = figure.subplots(2, 1, sharex=True, gridspec_kw={"hspace": 0.15})
    figure.subplots_adjust(left=0.06, right=0.96, bottom=0.14, top=0.96)
    present = list(dict.fromkeys([label, *classes_present(result)]))[:3]
    draw_rows(rows, result, present, classes, colours, rule)
    rows.set_yticks([])
    rows.tick_params(axis="x", length=0)
    curve.stairs(
        result.frames.probability[:, label],
        result.frames.edges_s,
        baseline=None,
        color=class_colours(present, len(classes), colours)[label],
        lw=1.4,
    )
    quiet(curve, colours).set_ylim(0, 1)
    curve.set_yticks([])
    curve.set_xlim(0, result.info.duration_s)
    return save_png(figure)
