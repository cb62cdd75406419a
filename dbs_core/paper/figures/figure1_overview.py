"""Figure 1: from frames through the two cubes of an imprint back to time, for real."""

import itertools
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from dbs_core.method.backprojection.windows import outlines
from dbs_core.paper.figures.bars import draw_bars
from dbs_core.paper.figures.cubes import map_deck, mosaic_cube
from dbs_core.paper.figures.sheet import LABEL, SMALL, TEXT, Sheet, add_legend
from dbs_core.paper.figures.subject import EQUATION, Subject
from dbs_core.pictures.heat_maps import draw_still
from dbs_core.pictures.layers import NO_FRAME, score_map, segmentation_map
from dbs_core.pictures.palette import GREY, PRINT
from dbs_core.pictures.printing import Picture
from dbs_core.records import BACKGROUND

FRAMES = 9
LEFT, RIGHT = 0.52, 0.1
CUBE = 1.32
MIDDLE = 0.98
"""Where the row of cubes begins, inches from the top."""
GAP = 0.04


def draw_overview(subject: Subject, note: str) -> Picture:
    """Draw the figure."""
    tall = _frame_height(subject)
    below = MIDDLE + CUBE * 1.32 + 0.42
    sheet = Sheet(TEXT, below + tall + 0.92, note)
    indices = subject.indices(FRAMES)
    top = _frames(sheet, subject, indices, 0.02, heat=False)
    cube = _cubes(sheet, subject)
    _links(sheet, subject, indices, top, cube)
    _frames(sheet, subject, indices, below, heat=True)
    bars = sheet.axes(LEFT, below + tall + 0.06, TEXT - LEFT - RIGHT, 0.42)
    draw_bars(bars, subject)
    names = subject.names | {"background": PRINT.border}
    if np.any(_painted(subject) == np.array(to_rgb(GREY))):
        names["another class"] = GREY
    add_legend(sheet, names, TEXT / 2, below + tall + 0.82)
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
        draw_still(axes, image, box, share, PRINT, paper=True)
        axes.set_anchor("C")
        _edge(axes, subject.colours.get(label, PRINT.border), bool(label))
        drawn.append(axes)
    words, middle = "heat map" if heat else "video", y + _frame_height(subject) / 2
    sheet.text(LEFT - 0.04, middle, words, size=SMALL, ha="right", va="center")
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
    flat.imshow(_painted(subject), interpolation="none")
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
    place = 2.72 + CUBE / 2
    sheet.arrow((place, low + 0.1), (place, low + 0.29))
    words = f"window of each frame ({EQUATION[subject.result.projection]})"
    sheet.text(place + 0.08, low + 0.19, words, size=SMALL, va="center")
    return imprint


def _painted(subject: Subject) -> Float[np.ndarray, "gh gw 3"]:
    """Colour each cell by its strongest class; classes that are not drawn are grey."""
    labels = segmentation_map(subject.result.grid)
    image = np.full((*labels.shape, 3), to_rgb(GREY))
    image[labels == NO_FRAME] = to_rgb(PRINT.panel)
    image[labels == BACKGROUND] = to_rgb(PRINT.border)
    for label, colour in subject.colours.items():
        image[labels == label] = to_rgb(colour)
    return image


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
    """Lead two frames of one class, apart in time, to their windows on the imprint."""
    pair = _near_pair(subject, indices)
    for number, place in enumerate(pair):
        time_s = float(subject.result.placement.times_s[indices[place]])
        colour = subject.colours[subject.label_at(time_s, subject.truth)]
        origin = subject.result.placement.best[indices[place]]
        x, y = _window(cube, subject, origin, colour)
        end = sheet.inches(cube, "data", x, y)
        start = sheet.inches(frames[place], "axes fraction", 0.5, 0.0)
        turn = MIDDLE - 0.06 - 0.1 * number
        end = (end[0] + 0.05 * (number - 0.5), end[1])
        path = [start, (start[0], turn), (end[0], turn), end]
        sheet.elbow(path, color=colour, lw=1.0)
    if pair:
        words = "epitome by EM (Eqs. 1–4)"
        sheet.text(1.95, MIDDLE + 0.02, words, size=SMALL, va="top")


def _near_pair(subject: Subject, indices: tuple[int, ...]) -> tuple[int, ...]:
    """Choose two shown frames of one class: of two instances, and near on the grid."""
    placement = subject.result.placement
    times = placement.times_s[list(indices)]
    labels = [subject.label_at(float(t), subject.truth) for t in times]
    spans = subject.truth.spans_s
    pairs: dict[tuple[int, ...], tuple[bool, int]] = {}
    for a, b in itertools.combinations(range(len(indices)), 2):
        if labels[a] and labels[a] == labels[b] and indices[a] != indices[b]:
            gap = np.abs(placement.best[indices[a]] - placement.best[indices[b]])
            gap = np.minimum(gap, np.array(placement.grid) - gap)
            inside = (spans[:, 0] <= times[a]) & (times[b] < spans[:, 1])
            pairs[a, b] = bool(inside.any()), int(gap.sum())
    if pairs:
        return min(pairs, key=lambda p: (pairs[p], -p[1]))
    return tuple(i for i, label in enumerate(labels) if label)[:1]


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
    return (c + w / 2) / gw, 1.0 - r / gh


def _heading(sheet: Sheet, x: float, y: float, words: str, **style: Any) -> None:
    sheet.text(x, y, words, size=LABEL, va="center", **style)
