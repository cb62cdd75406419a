"""Colours of pictures: a theme's, or ink on paper; classes in Okabe and Ito's.

A run with more classes than colours gives them to the classes of the video at hand,
and grey to those beyond the seventh.
"""

from collections.abc import Sequence
from dataclasses import dataclass

GREY = "#8A94A0"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as hex strings."""

    background: str
    panel: str
    text: str
    border: str
    primary: str
    right: str
    wrong: str
    categories: tuple[str, ...]
    sequential: tuple[str, ...]


PRINT = Palette(
    background="#FFFFFF",
    panel="#F2F2F2",
    text="#000000",
    border="#C4C8CC",
    primary="#0072B2",
    right="#009E73",
    wrong="#D55E00",
    categories=(
        *("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#9A8F00"),
        *("#D55E00", "#009E73"),
    ),
    sequential=(
        *("#00224E", "#123570", "#3B496C", "#575D6D", "#707173"),
        *("#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838"),
    ),
)
"""For paper: white ground, Okabe and Ito's classes, cividis."""


def colour_slots(labels: Sequence[int], classes: int) -> dict[int, int]:
    """Give each class label its place in the palette, -1 when colours run out.

    `labels` are the classes of the video at hand, `classes` their number in the run:
    few classes keep their colour from video to video.
    """
    room = len(PRINT.categories)
    if classes <= room:
        return {label: label - 1 for label in labels}
    return {label: place if place < room else -1 for place, label in enumerate(labels)}


def class_colours(
    labels: Sequence[int], classes: int, colours: Palette
) -> dict[int, str]:
    """Give each class label its colour."""
    slots = colour_slots(labels, classes)
    return {
        label: colours.categories[slot] if slot >= 0 else GREY
        for label, slot in slots.items()
    }
