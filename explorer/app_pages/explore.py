"""Explore one video: frames, imprint, segmentation and time as one linked view."""

import streamlit as st

from explorer import sidebar, sources
from explorer.empty import show_no_run
from explorer.linked import show_player
from explorer.presence import classes_present
from explorer.viewing import current_view

choice = st.session_state["choice"]
if choice is None:
    show_no_run()
    st.stop()

result = sources.result(choice.run, choice.entry)
label = sidebar.choose_class(choice.run, result, classes_present(result))


@st.fragment(key="linked")
def linked() -> None:
    """Rerun alone when the player commits; a change of class reruns the page."""
    if st.session_state.pop("class_changed", False):
        st.rerun()
    view = current_view(choice, result)
    for note in st.session_state.pop("notes", []):
        st.toast(note, icon=":material/info:")
    show_player(choice, result, label, view)


linked()
