"""Colours of the explorer, read from the theme in .streamlit/config.toml.

One palette serves pages, Plotly, the player and the exported figures. Classes get
Okabe and Ito's colours; a run with more classes than colours gives them to the
classes of the video at hand, and grey to those beyond the seventh.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONFIG = Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml"
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


@cache
def palette(kind: str) -> Palette:
    """Read the "light" or "dark" palette."""
    theme = tomllib.loads(CONFIG.read_text())["theme"]
    mode = theme["dark" if kind == "dark" else "light"]
    return Palette(
        background=mode["backgroundColor"],
        panel=mode["secondaryBackgroundColor"],
        text=mode["textColor"],
        border=mode["borderColor"],
        primary=mode["primaryColor"],
        right=mode["greenColor"],
        wrong=mode["redColor"],
        categories=tuple(mode["chartCategoricalColors"]),
        sequential=tuple(theme["chartSequentialColors"]),
    )


def colour_slots(labels: Sequence[int], classes: int) -> dict[int, int]:
    """Give each class label its place in the palette, -1 when colours run out.

    `labels` are the classes of the video at hand, `classes` their number in the run:
    few classes keep their colour from video to video.
    """
    room = len(palette("light").categories)
    if classes <= room:
        return {label: label - 1 for label in labels}
    return {label: place if place < room else -1 for place, label in enumerate(labels)}


def class_colour(slot: int, kind: str) -> str:
    """Give the colour of a place in the palette."""
    return GREY if slot < 0 else palette(kind).categories[slot]
