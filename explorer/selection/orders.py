"""What the page makes the player show; a number tells each order from the last."""

import streamlit as st

from explorer.selection.address import View


def order(view: View) -> None:
    """Make the player show a view, with the class and what judges."""
    st.session_state["view"] = view
    st.session_state["view_order"] = st.session_state.get("view_order", 0) + 1
    st.session_state["view_stays"] = False


def class_changed() -> None:
    """Make the player show the class that was chosen, wherever it is now."""
    if "view" in st.session_state:
        order(st.session_state["view"])
        st.session_state["view_stays"] = True
