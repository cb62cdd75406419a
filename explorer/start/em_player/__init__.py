"""A recorded EM that can be played: a small component of our own.

It is told everything by the page and tells nothing back; em.js says what `data` holds.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

WEB = Path(__file__).resolve().parent / "web"

# Registered once, on import: registering inside a page would repeat on every run.
_COMPONENT = st.components.v2.component(
    "dbs_em",
    html=(WEB / "em.html").read_text(),
    css=(WEB / "em.css").read_text(),
    js=(WEB / "em.js").read_text(),
)


def em_player(data: Mapping[str, object], *, key: str) -> None:
    """Show it."""
    _COMPONENT(data=dict(data), key=key)
