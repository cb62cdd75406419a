"""Figure 4: truth and detections over time, with heat maps of what was found."""

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch

from dbs_core.paper.figures.bars import draw_bars
from dbs_core.paper.figures.sheet import SMALL, TEXT, Sheet, add_legend_left
from dbs_core.paper.figures.subject import Subject
from dbs_core.pictures.heat_maps import draw_still
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import Picture

FRAMES = 8
LEFT, RIGHT, GAP = 0.52, 0.08, 0.06
WIDE = (TEXT - LEFT - RIGHT - GAP * (FRAMES - 1)) / FRAMES


def draw_timelines(
    subjects: Sequence[Subject], titles: Sequence[str], note: str
) -> Picture:
    """Draw the videos one below the other, each under its title."""
    blocks = [_tall(subject) + 1.1 for subject in subjects]
    sheet = Sheet(TEXT, sum(blocks) - 0.04, note)
    starts = [0.0, *itertools.accumulate(blocks)]
    for subject, title, top in zip(subjects, titles, starts, strict=False):
        _block(sheet, subject, title, top)
    return sheet.picture()


def _tall(subject: Subject) -> float:
    info = subject.result.info
    return min(max(WIDE * max(info.height, 1) / max(info.width, 1), 0.35), 0.9)


def _block(sheet: Sheet, subject: Subject, title: str, top: float) -> None:
    sheet.text(LEFT, top + 0.09, title, size=SMALL, va="center")
    tall = _tall(subject)
    bars = sheet.axes(LEFT, top + tall + 0.36, TEXT - LEFT - RIGHT, 0.42)
    draw_bars(bars, subject)
    for place, index in enumerate(subject.indices(FRAMES)):
        axes = sheet.axes(LEFT + place * (WIDE + GAP), top + 0.2, WIDE, tall)
        _frame(sheet, axes, bars, subject, index)
    add_legend_left(sheet, subject.names, TEXT - RIGHT, top + 0.09)


def _frame(sheet: Sheet, axes: Axes, bars: Axes, subject: Subject, index: int) -> None:
    """Draw a frame with the map of what was found there, and where it lies in time."""
    time_s = float(subject.result.placement.times_s[index])
    label = subject.label_at(time_s, subject.found)
    image, box = subject.image(index)
    share = subject.heat(index, label) if label else None
    draw_still(axes, image, box, share, PRINT, paper=True)
    colour = subject.colours.get(label, PRINT.border)
    for side in axes.spines.values():
        side.set(visible=True, color=colour, linewidth=1.4 if label else 0.5)
    link = ConnectionPatch(
        (0.5, 0), (time_s, 0), "axes fraction", "data", axesA=axes, axesB=bars
    )
    link.set(color=colour, lw=0.7)
    sheet.figure.add_artist(link)
