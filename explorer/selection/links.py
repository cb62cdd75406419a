"""What an address asks for that is not here: it is said, and nothing takes its place.

Streamlit empties the address of a name that a bound selector does not have. So where
something is missing that selector is not drawn, and a link is still whole when its run
has been opened.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.selection import page_change


@dataclass(frozen=True)
class Missing:
    """A run or a video that a link names and that is not here."""

    what: str
    name: str
    where: str = ""
    near: str = ""


def asked(key: str) -> str | None:
    """Give what a link asks for; None where the address says what was chosen here."""
    if page_change.is_wanted():
        return None  # the address still is that of the choice before
    name = st.query_params.get(key)
    chosen = st.session_state.get("chosen", {}).get(key)
    answered = st.session_state.get("answered_links", {}).get(key)
    return None if name in (None, "", chosen, answered) else name


def answer(*keys: str) -> None:
    """Remember that something else was chosen than what the address names."""
    said = st.session_state.setdefault("answered_links", {})
    for key in keys:
        if key in st.query_params:
            said[key] = st.query_params[key]


def remember(key: str, name: str) -> None:
    """Note what is chosen, by its name in the address."""
    st.session_state.setdefault("chosen", {})[key] = name


def closest(wanted: str, options: Sequence[str]) -> str:
    """Give the option most like a name that is not among them, "" if none is."""
    close = difflib.get_close_matches(wanted, options, n=1, cutoff=0.6)
    return close[0] if close else ""


def choose_instead(key: str, option: str, name: str) -> None:
    """Take another option than the one that a link names, in the address too."""
    if asked(key) is not None:
        page_change.rename(key, name)
    st.session_state[key] = option
