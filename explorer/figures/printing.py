"""Matplotlib figures in the explorer's colours, saved without pyplot's global state."""

import io
from collections.abc import Callable

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from explorer.palette import Palette

Picture = Callable[[str], bytes]
"""Gives the picture as "png" or "svg"."""


def new_figure(width: float, height: float, colours: Palette) -> Figure:
    """Make a figure of a size in inches on the theme's background."""
    return Figure(figsize=(width, height), facecolor=colours.background)


def quiet(axes: Axes, colours: Palette) -> Axes:
    """Give axes the theme's colours and no box."""
    axes.set_facecolor(colours.background)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(colors=colours.text, labelsize=8, length=2)
    axes.xaxis.label.set_color(colours.text)
    axes.title.set_color(colours.text)
    return axes


def colour_map(colours: Palette) -> LinearSegmentedColormap:
    """Make the sequential colour map of the theme."""
    return LinearSegmentedColormap.from_list("dbs", colours.sequential)


def picture_of(figure: Figure) -> Picture:
    """Make the saver of a figure; text in an SVG stays text."""

    def save(kind: str) -> bytes:
        out = io.BytesIO()
        # A class name may hold "$": it is not mathematics.
        with rc_context({"svg.fonttype": "none", "text.parse_math": False}):
            figure.savefig(out, format=kind, dpi=200, bbox_inches="tight")
        return out.getvalue()

    return save


def save_png(figure: Figure) -> bytes:
    """Save a figure at its own size, for the screen."""
    out = io.BytesIO()
    with rc_context({"text.parse_math": False}):
        # For the screen speed counts, not the last tenth of the size.
        figure.savefig(out, format="png", dpi=160, pil_kwargs={"compress_level": 1})
    return out.getvalue()
