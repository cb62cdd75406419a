"""Explore one video: frames, imprint, segmentation and time as one linked view."""

import streamlit as st

from explorer.elements.escaping import escape
from explorer.explore.linked_player import offer_copy, show_player
from explorer.explore.moved_video import offer_new_place
from explorer.explore.panels import PANELS, Moment
from explorer.selection.nothing import show_nothing
from explorer.selection.view import current_view

subject = st.session_state["subject"]
if subject is None:
    show_nothing()
    st.stop()
choice, result, label = subject.choice, subject.result, subject.label
if not len(result.placement):
    st.info("No frame of this video could be read.", icon=":material/info:")
    st.stop()


@st.fragment(key="linked")
def linked() -> None:
    """Rerun alone when the player commits; a change of class reruns the page."""
    if st.session_state.pop("class_changed", False):
        st.rerun()
    view = current_view(choice, result, label)
    if notes := st.session_state.pop("notes", []):
        st.toast(
            "\n\n".join(map(escape, notes)), icon=":material/link_off:", duration="long"
        )
    show_player(choice, result, label, view)
    offer_copy(choice.run, result)
    offer_new_place(choice.run, result)
    panel = st.segmented_control(
        "More about this video", list(PANELS), key="panel", persist_state="session"
    )
    if panel:
        PANELS[panel](Moment(choice, result, label, st.session_state["view"]))


linked()
