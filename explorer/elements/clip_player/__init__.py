"""A clip over its timelines, all under one cursor: a small component of our own.

It is told everything by the page and tells nothing back: playing and seeking stay in
the browser.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

WEB = Path(__file__).resolve().parent / "web"

# Registered once, on import: registering inside a page would repeat on every run.
_COMPONENT = st.components.v2.component(
    "dbs_clip",
    html=(WEB / "clip.html").read_text(),
    css=(WEB / "clip.css").read_text(),
    js=(WEB / "clip.js").read_text(),
)


def clip_player(data: Mapping[str, object], *, key: str) -> None:
    """Show it; clip.js says what `data` holds."""
    _COMPONENT(data=dict(data), key=key)
