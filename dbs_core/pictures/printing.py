"""Matplotlib figures saved without pyplot's global state, the same bytes every time."""

import io
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt8
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text

from dbs_core.pictures.palette import Palette
from dbs_core.runtime.errors import printable
from dbs_core.runtime.files import MADE_BY

Picture = Callable[[str], bytes]
"""Gives the picture as "png", "svg" or "pdf"."""
KINDS = ("png", "svg", "pdf")

_RULES: Any = {
    # Text stays text: an editor finds and changes it, a reader searches it.
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    # A name may hold "$": it is not mathematics. Texts made before have it from
    # `_as_text`, ticks are made while the figure is drawn.
    "text.parse_math": False,
    "svg.hashsalt": "dbs",
}
_METADATA: Mapping[str, dict[str, str | None]] = {
    "png": {"Software": MADE_BY},
    "svg": {"Date": None, "Creator": MADE_BY},
    "pdf": {"CreationDate": None, "Creator": MADE_BY, "Producer": None},
}
# Matplotlib's settings are the process's: two threads that change them for a moment
# would leave each other's behind.
_SETTINGS = threading.RLock()


@contextmanager
def _rules() -> Iterator[None]:
    with _SETTINGS, rc_context(_RULES):
        yield


def _as_text(figure: Figure) -> None:
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        # A name that is no UTF-8, or turns the direction of writing, is written out.
        text.set_text(printable(text.get_text()))


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


@dataclass(frozen=True)
class _Saver:
    """A picture that still knows its figure."""

    figure: Figure
    options: Mapping[str, Any]

    def __call__(self, kind: str) -> bytes:
        out, metadata = io.BytesIO(), _METADATA[kind]
        with _rules():
            _as_text(self.figure)
            self.figure.savefig(out, format=kind, metadata=metadata, **self.options)
        return out.getvalue()


def picture_of(figure: Figure) -> Picture:
    """Make the saver of a figure; text in an SVG stays text."""
    return _Saver(figure, {"dpi": 200, "bbox_inches": "tight"})


def sized_picture_of(figure: Figure, dpi: int) -> Picture:
    """Make the saver of a figure that keeps its size in inches: for a column."""
    return _Saver(figure, {"dpi": dpi})


def captioned(
    picture: Picture, title: str, lines: Sequence[str], colours: Palette
) -> Picture:
    """Put a title above all of a picture, and lines of small print below it.

    A picture that goes into a paper or a mail says by itself what it is of.
    """
    assert isinstance(picture, _Saver), "made by picture_of"
    figure = picture.figure
    width, height = figure.get_size_inches()
    with _rules():
        _as_text(figure)
        drawn = figure.get_tightbbox()
    letters = max(30, int((drawn.x1 - drawn.x0) * _LETTERS_AN_INCH))
    small = [part for line in lines for part in textwrap.wrap(line, letters)]
    place = {"x": drawn.x0 / width, "ha": "left", "color": colours.text}
    head = "\n".join(textwrap.wrap(title, int(letters * 0.75)))
    figure.text(y=(drawn.y1 + 0.1) / height, s=head, va="bottom", fontsize=10, **place)
    foot = (drawn.y0 - 0.1) / height
    figure.text(y=foot, s="\n".join(small), va="top", fontsize=7, **place)
    return picture


_LETTERS_AN_INCH = 19.0
"""Of the small print."""


def pixels_of(figure: Figure, dpi: int) -> UInt8[np.ndarray, "height width 3"]:
    """Draw a figure as an image, to be put into another one."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with _rules():
        _as_text(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
    drawn = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    return np.asarray(drawn)[..., :3]


def save_png(figure: Figure) -> bytes:
    """Save a figure at its own size, for the screen."""
    out = io.BytesIO()
    with _rules():
        _as_text(figure)
        # For the screen speed counts, not the last tenth of the size.
        figure.savefig(out, format="png", dpi=160, pil_kwargs={"compress_level": 1})
    return out.getvalue()
