"""Figure 1: from frames through the two cubes of an imprint back to time, for real."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Patch, Rectangle

from dbs_core.figures.bars import draw_bars
from dbs_core.figures.cubes import map_deck, mosaic_cube
from dbs_core.figures.imprint import paint_labels
from dbs_core.figures.layers import score_map, segmentation_map
from dbs_core.figures.palette import PRINT
from dbs_core.figures.printing import Picture
from dbs_core.figures.sheet import LABEL, SMALL, TEXT, Sheet
from dbs_core.figures.strip import draw_still
from dbs_core.figures.subject import Subject, short
from dbs_core.figures.torus import outlines
from dbs_core.records import BACKGROUND

FRAMES = 9
LEFT, RIGHT = 0.52, 0.04
CUBE = 1.32
MIDDLE = 1.16
"""Where the row of cubes begins, inches from the top."""
GAP = 0.04


def draw_overview(subject: Subject, note: str) -> Picture:
    """Draw the figure."""
    tall = _frame_height(subject)
    below = MIDDLE + CUBE * 1.3 + 0.42
    sheet = Sheet(TEXT, below + tall + 0.92, note)
    indices = subject.indices(FRAMES)
    top = _frames(sheet, subject, indices, 0.16, heat=False)
    _heading(sheet, 0.0, 0.1, "untrimmed video")
    cube = _cubes(sheet, subject)
    _links(sheet, subject, indices, top, cube)
    _frames(sheet, subject, indices, below, heat=True)
    bars = sheet.axes(LEFT, below + tall + 0.06, TEXT - LEFT - RIGHT, 0.42)
    draw_bars(bars, subject)
    _legend(sheet, subject, below + tall + 0.8)
    return sheet.picture()


def _frame_height(subject: Subject) -> float:
    info = subject.result.info
    ratio = max(info.height, 1) / max(info.width, 1)
    return min(max(_frame_width() * ratio, 0.3), 0.75)


def _frame_width() -> float:
    return (TEXT - LEFT - RIGHT) / FRAMES - GAP


def _frames(
    sheet: Sheet, subject: Subject, indices: tuple[int, ...], y: float, *, heat: bool
) -> list[Axes]:
    """Draw the frames in a row; with the heat map of what was found in each."""
    drawn = []
    for place, index in enumerate(indices):
        x = LEFT + GAP / 2 + place * (_frame_width() + GAP)
        axes = sheet.axes(x, y, _frame_width(), _frame_height(subject))
        image, box = subject.image(index)
        time_s = float(subject.result.placement.times_s[index])
        segments = subject.found if heat else subject.truth
        label = subject.label_at(time_s, segments)
        share = subject.heat(index, label) if heat and label else None
        draw_still(axes, image, box, share, PRINT)
        axes.set_anchor("C")
        _edge(axes, subject.colours.get(label, PRINT.border), bool(label))
        drawn.append(axes)
    return drawn


def _edge(axes: Axes, colour: str, strong: bool) -> None:
    for side in axes.spines.values():
        side.set(visible=True, color=colour, linewidth=1.4 if strong else 0.5)


def _cubes(sheet: Sheet, subject: Subject) -> Axes:
    """Draw imprint, class maps and segmentation with the arrows between."""
    room, grid = CUBE * 1.32, subject.result.placement.grid
    imprint = sheet.axes(0.12, MIDDLE, room, room)
    mosaic_cube(imprint, subject.result)
    maps = sheet.axes(2.72, MIDDLE, room, room)
    labels = (*subject.labels[:6], BACKGROUND)
    edges = [*(subject.colours[x] for x in labels[:-1]), "#3C4248"]
    map_deck(maps, [score_map(subject.result.grid, x) for x in labels], edges)
    flat = sheet.axes(5.42, MIDDLE + room - CUBE, CUBE, CUBE)
    image, _ = paint_labels(
        subject.result, segmentation_map(subject.result.grid), PRINT
    )
    flat.imshow(image, interpolation="none")
    _edge(flat, "#3C4248", False)
    low = MIDDLE + room + 0.1
    size = f"{grid[0]} × {grid[1]}"
    _heading(sheet, 0.12 + CUBE / 2, low, f"imprint, {size} cells", ha="center")
    _heading(sheet, 2.72 + CUBE / 2, low, "class score maps P", ha="center")
    _heading(sheet, 5.42 + CUBE / 2, low, "segmentation", ha="center")
    middle = MIDDLE + room - CUBE / 2
    _network(sheet, 2.28, middle, subject)
    sheet.arrow((1.92, middle), (2.12, middle))
    sheet.arrow((2.46, middle), (2.66, middle))
    sheet.arrow((4.56, middle), (5.32, middle))
    sheet.text(4.94, middle - 0.06, "arg max", size=SMALL, ha="center", va="bottom")
    bottom = low + 0.16
    sheet.arrow((3.5, low + 0.06), (3.5, bottom + 0.08))
    sheet.text(3.6, low + 0.11, "Eq. 7, per frame", size=SMALL, va="center")
    return imprint


def _network(sheet: Sheet, x: float, y: float, subject: Subject) -> None:
    """Draw the layers of the FCN as slabs."""
    name = str(subject.run.info.settings.get("architecture", ""))
    for place, tall in enumerate((0.8, 0.8, 0.5)):
        left, wide = x - 0.14 + place * 0.11, 0.07
        where = left / sheet.width, 1 - (y + tall / 2) / sheet.height
        slab = Rectangle(where, wide / sheet.width, tall / sheet.height)
        slab.set(fc="#9FB6CC", ec="#3C4248", lw=0.6, transform=sheet.figure.transFigure)
        sheet.figure.add_artist(slab)
    words = f"FCN\n({name})" if name else "FCN"
    sheet.text(x, y - 0.46, words, size=SMALL, ha="center", va="bottom")


def _links(
    sheet: Sheet,
    subject: Subject,
    indices: tuple[int, ...],
    frames: list[Axes],
    cube: Axes,
) -> None:
    """Lead frames of one class, apart in time, to their windows on the imprint."""
    times = subject.result.placement.times_s[list(indices)]
    shown = [subject.label_at(float(t), subject.truth) for t in times]
    counts = {x: shown.count(x) for x in dict.fromkeys(shown) if x}
    if not counts:
        return
    label = max(counts, key=lambda x: counts[x])
    mine = [i for i, x in enumerate(shown) if x == label]
    colour = subject.colours[label]
    for place in dict.fromkeys((mine[0], mine[-1])):
        origin = subject.result.placement.best[indices[place]]
        x, y = _window(cube, subject, origin, colour)
        line = ConnectionPatch(
            (0.5, 0), (x, y), "axes fraction", "data", axesA=frames[place], axesB=cube
        )
        line.set(color=colour, lw=0.9, ls=(0, (3, 1.5)), arrowstyle="-|>")
        line.set_mutation_scale(7)
        sheet.figure.add_artist(line)
    sheet.text(2.1, MIDDLE - 0.16, "epitome, EM (Eqs. 1–4)", size=SMALL, va="center")


def _window(
    cube: Axes, subject: Subject, origin: np.ndarray, colour: str
) -> tuple[float, float]:
    """Outline a frame's window on the face of the cube; gives its upper middle."""
    placement = subject.result.placement
    (gh, gw), where = placement.grid, (int(origin[0]), int(origin[1]))
    pieces = outlines(where, placement.window, placement.grid)
    for r, c, h, w in pieces:
        box = Rectangle((c / gw, 1 - (r + h) / gh), w / gw, h / gh, fill=False)
        box.set(ec=colour, lw=1.3, zorder=4)
        cube.add_patch(box)
    r, c, h, w = pieces[0]
    return (c + w / 2) / gw, 1 - r / gh


def _heading(sheet: Sheet, x: float, y: float, words: str, **style: Any) -> None:
    sheet.text(x, y, words, size=LABEL, va="center", **style)


def _legend(sheet: Sheet, subject: Subject, y: float) -> None:
    """Name the colours of the classes below the time axis."""
    add_legend(sheet, subject, TEXT / 2, y)


def add_legend(sheet: Sheet, subject: Subject, x: float, y: float) -> None:
    """Name the colours of the classes around a place."""
    handles = [
        Patch(fc=colour, label=short(subject.classes.name_of(label)))
        for label, colour in subject.colours.items()
    ]
    sheet.figure.legend(
        handles=handles,
        loc="center",
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
