"""Figure 2: truth in time becomes annotation maps on the imprint (Eq. 5)."""

import numpy as np
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from dbs_core.method.backprojection.annotation_maps import (
    frame_labels,
    labelled_mass,
    target_map,
)
from dbs_core.paper.figures.bars import draw_truth_bar
from dbs_core.paper.figures.sheet import (
    COLUMN,
    EDGE,
    LABEL,
    SMALL,
    Sheet,
    short,
)
from dbs_core.paper.figures.subject import Subject
from dbs_core.pictures.heat_maps import draw_still
from dbs_core.pictures.imprint import mosaic_face
from dbs_core.pictures.palette import PRINT
from dbs_core.pictures.printing import Picture
from dbs_core.records import BACKGROUND

FRAMES = 6
TAU = 4.0
SHOWN = 3
"""Classes with a map of their own, beside background."""
GAP = 0.06
ROOM = COLUMN - 2 * EDGE


def active_maps(subject: Subject, tau: float = TAU) -> Bool[np.ndarray, "gh gw c"]:
    """Give the annotation maps A of Eq. 5: which cells are active for which class."""
    result = subject.result
    channels = subject.classes.channels
    if result.truth is None:
        raise ValueError(f"{result.video_id}: no truth")
    labels = frame_labels(result.truth, result.placement.times_s, channels)
    mass = labelled_mass(result.placement, labels, "eq5")
    shares = target_map(mass, result.placement.window, "eq5", tau)
    return np.asarray(shares > 0)


def draw_annotation(subject: Subject, note: str) -> Picture:
    """Draw frames and truth, the mean image, the maps, and each class's part."""
    annotated = {int(x) for x in subject.truth.labels}
    shown = [x for x in subject.labels if x in annotated][:SHOWN]
    wide = (ROOM - GAP) / 2
    count = max(len(shown) + 1, 3)
    small = (ROOM - GAP * (count - 1)) / count
    tall = _frame_width() * 0.75
    second = tall + 0.7
    third = second + wide + 0.2
    sheet = Sheet(COLUMN, third + small + 0.02, note)
    _time(sheet, subject, tall)
    maps = active_maps(subject)
    face = mosaic_face(subject.result, PRINT)
    _pair(sheet, subject, maps, second, wide)
    for place, label in enumerate((*shown, BACKGROUND)):
        axes = sheet.axes(EDGE + place * (small + GAP), third, small, small)
        axes.imshow(_part(face, maps[..., label]), interpolation="none")
        colour = subject.colours.get(label, "#3C4248")
        _frame(axes, colour)
        name = short(subject.classes.name_of(label), 14)
        x = EDGE + place * (small + GAP) + small / 2
        sheet.text(x, third - 0.035, name, size=SMALL, ha="center", va="bottom")
    return sheet.picture()


def _frame_width() -> float:
    return (ROOM - GAP * (FRAMES - 1)) / FRAMES


def _time(sheet: Sheet, subject: Subject, tall: float) -> None:
    """Draw frames over the bar of truth."""
    for place, index in enumerate(subject.indices(FRAMES)):
        x = EDGE + place * (_frame_width() + GAP)
        axes = sheet.axes(x, EDGE, _frame_width(), tall)
        image, box = subject.image(index)
        draw_still(axes, image, box, None, PRINT)
        time_s = float(subject.result.placement.times_s[index])
        label = subject.label_at(time_s, subject.truth)
        _frame(axes, subject.colours.get(label, PRINT.border))
    bar = sheet.axes(EDGE + 0.03, tall + 0.09, ROOM - 0.06, 0.14)
    draw_truth_bar(bar, subject)


def _pair(
    sheet: Sheet,
    subject: Subject,
    maps: Bool[np.ndarray, "gh gw c"],
    y: float,
    wide: float,
) -> None:
    left = sheet.axes(EDGE, y, wide, wide)
    left.imshow(mosaic_face(subject.result, PRINT), interpolation="none")
    right = sheet.axes(EDGE + wide + GAP, y, wide, wide)
    right.imshow(painted(subject, maps), interpolation="none")
    for axes, x, words in (
        (left, EDGE, "mean image"),
        (right, EDGE + wide + GAP, "annotation maps A (Eq. 5)"),
    ):
        _frame(axes, "#3C4248")
        sheet.text(x + wide / 2, y - 0.035, words, LABEL, ha="center", va="bottom")


def painted(subject: Subject, maps: Bool[np.ndarray, "gh gw c"]) -> np.ndarray:
    """Colour cells by class; a cell of two classes has the mean of their colours."""
    image = np.full((*maps.shape[:2], 3), to_rgb(PRINT.panel))
    image[maps[..., BACKGROUND]] = to_rgb(PRINT.border)
    active = np.zeros((*maps.shape[:2], 1))
    total = np.zeros((*maps.shape[:2], 3))
    for label, colour in subject.colours.items():
        total += maps[..., label, None] * np.array(to_rgb(colour))
        active += maps[..., label, None]
    return np.where(active > 0, total / np.maximum(active, 1), image)


def _part(face: np.ndarray, active: Bool[np.ndarray, "gh gw"]) -> np.ndarray:
    """Fade the mean image where a class is not active."""
    size = face.shape[0] // active.shape[0], face.shape[1] // active.shape[1]
    kept = active.repeat(size[0], axis=0).repeat(size[1], axis=1)[..., None]
    pale = 255 - (255 - face.astype(float)) * 0.08
    return np.where(kept, face, pale).round().astype(np.uint8)


def _frame(axes: Axes, colour: str) -> None:
    for side in axes.spines.values():
        side.set(visible=True, color=colour, linewidth=1.0)
