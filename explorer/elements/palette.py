"""Colours of the explorer, read from the theme in .streamlit/config.toml.

One palette serves pages, Plotly, the player and the exported figures. Which class
gets which colour is the engine's rule (dbs_core/pictures/palette.py).
"""

import tomllib
from functools import cache

from dbs_core.pictures.palette import Palette
from dbs_core.runs.places import CONFIG


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
