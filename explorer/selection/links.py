"""What an address asks for that is not here: it is said, and nothing takes its place.

What a link names stays asked for until it is found or something else is chosen. So a
link is still whole when its run has been opened.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Missing:
    """A run or a video that a link names and that is not here."""

    what: str
    name: str
    where: str = ""
    near: str = ""


def asked(key: str) -> str | None:
    """Give what a link asks for; None where nothing is open."""
    return st.session_state.get("asked", {}).get(key)


def ask(**choice: str) -> None:
    """Ask for a choice as a link does, in place of what one asked for.

    A selector that the browser has not drawn anew tells its old option with whatever
    comes next from there; what is asked for is settled after that, and wins.
    """
    st.session_state["asked"] = dict(choice)


def answer(*keys: str) -> None:
    """Something is chosen: what the link named is not asked for any more."""
    for key in keys:
        st.session_state.get("asked", {}).pop(key, None)


def closest(wanted: str, options: Sequence[str]) -> str:
    """Give the option most like a name that is not among them, "" if none is."""
    close = difflib.get_close_matches(wanted, options, n=1, cutoff=0.6)
    return close[0] if close else ""


def choose(key: str, option: str) -> None:
    """Take an option, whatever a link named."""
    answer(key)
    st.session_state[key] = option
