"""A page of a paper in inches: AAAI's column widths, Times-like type, a line below.

Positions count from the upper left corner, to the right and down. The typeface is
STIX, which comes with Matplotlib and looks like the paper's Times; it is given to
each text and not set for the process, which other threads draw in too.
"""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Text
from matplotlib.ticker import NullLocator

from dbs_core.pictures.palette import PRINT, Palette
from dbs_core.pictures.printing import Picture, new_figure, quiet, sized_picture_of

COLUMN = 3.3125
"""Width of a column of the AAAI style, inches."""
TEXT = 7.0
"""Width of its two columns with the gap."""
DPI = 300
EDGE = 0.03
"""Room at the sides, so that no frame's line is cut."""
FAMILY = ("STIXGeneral", "DejaVu Sans")
STIX = ("General", "GeneralItalic", "GeneralBol", "GeneralBolIta")
LABEL, SMALL, NOTE = 8.0, 7.0, 5.8
"""Sizes of type in points: names, ticks, the line below."""
FOOT = 0.088
"""Height of a line of the note, inches."""
LETTERS_PER_INCH = 27.0
"""What a line of the note holds at its size."""


class Sheet:
    """A figure of a given width that is laid out in inches."""

    def __init__(self, width: float, height: float, note: str) -> None:
        self.colours: Palette = PRINT
        self.width = width
        lines = textwrap.wrap(note, int(width * LETTERS_PER_INCH))
        self.height = height + FOOT * len(lines) + 0.05
        self.figure = new_figure(width, self.height, PRINT)
        for number, line in enumerate(lines):
            y = height + 0.05 + FOOT * number
            self.text(EDGE, y, line, size=NOTE, va="top", color="#5A5F66")

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Add axes without ticks or box."""
        bottom = 1 - (y + height) / self.height
        axes = self.figure.add_axes(
            (x / self.width, bottom, width / self.width, height / self.height)
        )
        quiet(axes, self.colours)
        axes.xaxis.set_major_locator(NullLocator())
        axes.yaxis.set_major_locator(NullLocator())
        return axes

    def text(
        self, x: float, y: float, words: str, size: float = LABEL, **style: Any
    ) -> Text:
        """Write words at a place."""
        style = {"color": self.colours.text} | style
        where = x / self.width, 1 - y / self.height
        return self.figure.text(*where, words, fontsize=size, **style)

    def arrow(
        self, start: tuple[float, float], end: tuple[float, float], **style: Any
    ) -> None:
        """Draw an arrow from place to place."""
        drawn: dict[str, Any] = {"arrowstyle": "-|>", "color": "#3C4248", "lw": 0.9}
        ends = [(x / self.width, 1 - y / self.height) for x, y in (start, end)]
        arrow = FancyArrowPatch(
            *ends, mutation_scale=7, shrinkA=0, shrinkB=0, **drawn | style
        )
        arrow.set_transform(self.figure.transFigure)
        self.figure.add_artist(arrow)

    def inches(
        self, axes: Axes, system: str, x: float, y: float
    ) -> tuple[float, float]:
        """Give the place on the sheet of a point in axes' data or fractions."""
        axes.apply_aspect()
        room = axes.transData if system == "data" else axes.transAxes
        left, bottom = self.figure.transFigure.inverted().transform(
            room.transform((x, y))
        )
        return float(left * self.width), float((1 - bottom) * self.height)

    def elbow(self, path: Sequence[tuple[float, float]], **style: Any) -> None:
        """Draw a line with corners that ends in an arrow."""
        points = [(x / self.width, 1 - y / self.height) for x, y in path]
        line = Line2D(*zip(*points[:-1], strict=True), **style)
        line.set_transform(self.figure.transFigure)
        line.set_solid_joinstyle("round")
        self.figure.add_artist(line)
        self.arrow(path[-2], path[-1], **style)

    def picture(self) -> Picture:
        """Give all text its typeface and make the saver."""
        _know_stix()
        for axes in self.figure.axes:
            axes.tick_params(which="both", labelfontfamily=FAMILY, labelsize=SMALL)
        for text in self.figure.findobj(Text):
            text.set_fontfamily(list(FAMILY))
        save = sized_picture_of(self.figure, DPI)
        ours = ", ".join(f"'{name}'" for name in FAMILY).encode()
        # Where STIX is not installed an SVG falls back to what is like it.
        theirs = b"'STIXGeneral', 'STIX Two Text', 'Times New Roman', Times, serif"

        def saved(kind: str) -> bytes:
            return save(kind).replace(ours, theirs) if kind == "svg" else save(kind)

        return saved


def _know_stix() -> None:
    """Add the typeface where Matplotlib's kept list of fonts lacks it.

    The list is one for all environments of a user and is not made again by itself:
    one that was made while an environment was taken away lacks that one's fonts.
    """
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    if not any(font.name == FAMILY[0] for font in fontManager.ttflist):
        for name in STIX:
            path = Path(get_data_path(), "fonts", "ttf", f"STIX{name}.ttf")
            if path.is_file():
                fontManager.addfont(path)


def time_axis(axes: Axes, start_s: float, end_s: float) -> None:
    """Give axes seconds below, from a start to an end."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(start_s, end_s)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.tick_params(axis="x", length=2.5, width=0.6, pad=1.5)
    axes.spines["bottom"].set(visible=True, linewidth=0.6, color="#3C4248")
    axes.set_xlabel("time (s)", fontsize=SMALL, labelpad=1)


def add_legend(sheet: Sheet, names: Mapping[str, str], x: float, y: float) -> None:
    """Name colours in a row around a place."""
    _legend(sheet, names, x, y, "center")


def add_legend_left(sheet: Sheet, names: Mapping[str, str], x: float, y: float) -> None:
    """Name colours in a row that ends at a place."""
    _legend(sheet, names, x, y, "center right")


def _legend(
    sheet: Sheet, names: Mapping[str, str], x: float, y: float, loc: Any
) -> None:
    handles = [Patch(fc=colour, label=short(name)) for name, colour in names.items()]
    sheet.figure.legend(
        handles=handles,
        loc=loc,
        bbox_to_anchor=(x / sheet.width, 1 - y / sheet.height),
        ncols=max(len(handles), 1),
        fontsize=SMALL,
        frameon=False,
        handlelength=1.0,
        handleheight=0.9,
        columnspacing=1.2,
        handletextpad=0.4,
        borderpad=0,
    )


def short(name: str, most: int = 18) -> str:
    """Cut a class name that would leave its place."""
    return name if len(name) <= most else name[: most - 1] + "…"
