"""All of the page takes a dropped file: a small component of our own.

It draws nothing until a file is dragged over the page; drop.js says what it does.
"""

from pathlib import Path

import streamlit as st

WEB = Path(__file__).resolve().parent / "web"

# Registered once, on import: registering inside a page would repeat on every run.
_COMPONENT = st.components.v2.component(
    "dbs_drop",
    html=(WEB / "drop.html").read_text(),
    css=(WEB / "drop.css").read_text(),
    js=(WEB / "drop.js").read_text(),
)


def drop_zone(field: str, *, key: str) -> None:
    """Hand what is dropped anywhere on the page to the file field of that key."""
    _COMPONENT(data={"field": field}, key=key)
