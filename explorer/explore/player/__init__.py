"""The linked player: a component of our own, plain JavaScript and canvas, no build.

The files of web/ are joined in this order to the one module that Streamlit takes; what
explains a term takes its words from the glossary.
The page hands over addresses and a view (small); the arrays come from routes.py.
"""

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import streamlit as st

from explorer.elements.glossary import TERMS, plain_tip

WEB = Path(__file__).resolve().parent / "web"
SCRIPTS = (
    "model.js",
    "judging.js",
    "colours.js",
    "words.js",
    "stage.js",
    "imprint.js",
    "curve.js",
    "bars.js",
    "timeline.js",
    "pointer.js",
    "inspector.js",
    "keys.js",
    "bar.js",
    "foot.js",
    "steps.js",
    "paint_view.js",
    "paint.js",
    "tour_steps.js",
    "tour.js",
    "view.js",
    "player.js",
)


STYLES = ("player.css", "tour.css")


TERMS_OF = re.compile(r'data-terms="([^"]+)"')
"""In player.html: an element whose tooltip explains these terms."""


def source() -> str:
    """Join the scripts of the player, after the glossary's words."""
    terms = f"const TERMS = {json.dumps(dict(TERMS))};"
    return "\n".join((terms, *((WEB / name).read_text() for name in SCRIPTS)))


def page() -> str:
    """Give the player's elements, tooltips filled in."""
    return TERMS_OF.sub(
        lambda found: f'title="{escape(plain_tip(*found[1].split(", ")))}"',
        (WEB / "player.html").read_text(),
    )


# Registered once, on import: registering inside a page would repeat on every run.
_COMPONENT = st.components.v2.component(
    "dbs_player",
    html=page(),
    css="\n".join((WEB / name).read_text() for name in STYLES),
    js=source(),
)


def player(
    data: Mapping[str, object],
    *,
    key: str,
    on_view: Callable[[], None],
    on_step: Callable[[], None] | None = None,
) -> Mapping[str, object] | None:
    """Show the player; gives the view that it committed last, if any.

    `on_step` is called where it asks for an error in another video.
    """
    result = _COMPONENT(
        data=dict(data), key=key, on_view_change=on_view, on_step_change=on_step
    )
    return result.view
