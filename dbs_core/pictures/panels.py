"""The panels that Plotly draws on the screen, once more by Matplotlib for a paper."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from dbs_core.evaluation.projections import Projections, sharpness
from dbs_core.pictures.layers import frames_map
from dbs_core.pictures.palette import GREY, Palette
from dbs_core.pictures.printing import (
    Picture,
    colour_map,
    new_figure,
    picture_of,
    quiet,
)
from dbs_core.pictures.projection_curves import projection_curves
from dbs_core.records import ClassList, VideoResult

BAR = 0.7  # height of a bar in its row
STYLES = {"solid": "-", "dot": ":", "dash": "--", "dashdot": "-."}


def em_picture(result: VideoResult, colours: Palette) -> Picture | None:
    """Draw where the frames lay at first, halfway and at last, and the likelihood."""
    steps = len(result.trace)
    if not steps:
        return None
    figure = new_figure(11.0, 2.8, colours)
    *maps, curve = figure.subplots(1, 4, width_ratios=[1, 1, 1, 1.5])
    for axes, step in zip(maps, (0, steps // 2, steps - 1), strict=True):
        frames = frames_map(result.trace[step], result.placement)
        axes.imshow(frames, cmap=colour_map(colours))
        quiet(axes, colours).set_title(f"iteration {step + 1}", fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
    place = np.arange(1, len(result.log_likelihood) + 1)
    curve.plot(place, result.log_likelihood, "o-", color=colours.primary, ms=3, lw=1.2)
    quiet(curve, colours).yaxis.tick_right()
    _name(curve, "iteration", "log-likelihood", colours)
    return picture_of(figure)


def projection_picture(
    result: VideoResult,
    both: Projections,
    label: int,
    classes: ClassList,
    colours: Palette,
) -> Picture:
    """Draw a class's score by Eq. 6 and Eq. 7, and Figure 3 for this video beside."""
    figure = new_figure(9.6, 2.6, colours)
    curves, sharp = figure.subplots(1, 2, width_ratios=[3, 2])
    for one in projection_curves(result, both, colours):
        curves.plot(
            one.scores.times_s,
            one.scores.probability[:, label],
            STYLES[one.dash],
            color=one.colour,
            lw=1.2,
            label=one.name,
        )
    quiet(curves, colours).set_ylim(0, 1)
    _name(curves, "seconds", f"score of {classes.name_of(label)}", colours)
    curves.legend(
        fontsize=7,
        frameon=False,
        labelcolor=colours.text,
        ncols=2,
        loc="lower left",
        bbox_to_anchor=(0, 1),
    )
    _draw_sharpness(sharp, result, colours)
    return picture_of(figure)


def _draw_sharpness(axes: Axes, result: VideoResult, colours: Palette) -> None:
    """Draw Figure 3 for this video."""
    found = sharpness(result.placement.weights[:, 0])
    axes.hist(
        found.edges[:-1],
        bins=found.edges.tolist(),
        weights=found.counts,
        color=colours.primary,
    )
    quiet(axes, colours).set_yscale("log")
    axes.set_ylim(bottom=0.8)
    axes.yaxis.set_major_formatter("{x:.0f}")  # no mathematics in our texts
    axes.yaxis.set_minor_formatter(NullFormatter())
    _name(axes, "largest posterior of a sample", "samples", colours)


def candidates_picture(result: VideoResult, label: int, colours: Palette) -> Picture:
    """Draw proposals, then a class's candidates: removed by NMS, and kept."""
    figure = new_figure(8.0, 2.0, colours)
    axes = quiet(figure.subplots(), colours)
    table = result.candidates
    mine, kept = table.segments.labels == label, table.suppressed_by < 0
    rows = {
        "proposals": (result.proposals.spans_s, GREY),
        "removed": (table.segments.spans_s[mine & ~kept], colours.wrong),
        "kept": (table.segments.spans_s[mine & kept], colours.right),
    }
    for place, (spans, colour) in enumerate(rows.values()):
        bars = [(float(a), float(b - a)) for a, b in spans]
        axes.broken_barh(bars, (place - BAR / 2, BAR), fc=colour, ec=colour, alpha=0.35)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, result.info.duration_s)
    _name(axes, "seconds", "", colours)
    return picture_of(figure)


def _name(axes: Axes, across: str, up: str, colours: Palette) -> None:
    axes.set_xlabel(across, fontsize=8)
    axes.set_ylabel(up, fontsize=8, color=colours.text)
