"""Explore one video: frames, imprint, segmentation and time as one linked view."""

import streamlit as st

from explorer.explore.error_step import go_on
from explorer.explore.linked_player import offer_copy, show_player
from explorer.explore.members import say_whose_imprint
from explorer.explore.moved_video import offer_new_place
from explorer.explore.panels import PANELS, Moment
from explorer.selection import steps
from explorer.selection.notes import show_notes
from explorer.selection.nothing import show_nothing
from explorer.selection.orders import LINKED
from explorer.selection.view import current_view

subject = st.session_state["subject"]
if subject is None:
    show_nothing()
    st.stop()
choice, result = subject.choice, subject.result
if not len(result.placement):
    st.info("No frame of this video could be read.", icon=":material/info:")
    st.stop()


@st.fragment(key=LINKED)
def linked() -> None:
    """Rerun alone when the player commits; the selector of the class follows after."""
    label = choice.run.info.classes.label_of(st.session_state["cls"])
    view = current_view()
    show_notes()
    show_player(choice, result, label, view)
    say_whose_imprint(choice.run)
    go_on(choice)
    offer_copy(choice.run, result)
    offer_new_place(choice.run, result)
    steps.hold("explore", "panel", PANELS)
    panel = st.segmented_control(
        "More about this video",
        list(PANELS),
        key="panel",
        persist_state="session",
        on_change=steps.write_alone,
    )
    if panel:
        PANELS[panel](Moment(choice, result, label, view))


linked()
