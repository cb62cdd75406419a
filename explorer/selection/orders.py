"""What the page makes the player show; a number tells each order from the last."""

import streamlit as st

from explorer.selection.address import View

LINKED, CLASS, BAR = "linked", "class_choice", "pages_bar_links"
"""What runs anew when the player commits a class: its own fragment, the selector, and
the links of the bar. Not the page: the player would go off the screen meanwhile."""


def order(view: View) -> None:
    """Make the player show a view, with the class and what judges."""
    st.session_state["view"] = view
    st.session_state["view_order"] = st.session_state.get("view_order", 0) + 1
    st.session_state["view_stays"] = False


def class_chosen(key: str) -> None:
    """Take the class of a selector; the player shows it wherever it is now."""
    st.session_state["cls"] = st.session_state[key]
    st.session_state["class_chosen"] = True
    if "view" in st.session_state:
        order(st.session_state["view"])
        st.session_state["view_stays"] = True
