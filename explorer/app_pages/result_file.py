"""Another method's result file beside the truth: which videos, what was right."""

import streamlit as st

from explorer.elements.escaping import escape
from explorer.result_file.player import show_player
from explorer.result_file.videos import show_facts, show_levels, show_videos
from explorer.selection.orders import FILE_VIDEOS, LINKED

choice = st.session_state["subject"]
if choice is None:
    st.stop()


@st.fragment(key=FILE_VIDEOS)
def videos() -> None:
    """Rerun alone when the player has changed what judges."""
    show_videos(choice)


@st.fragment(key=LINKED)
def linked() -> None:
    """Rerun alone when the player commits."""
    st.subheader(escape(choice.video.video_id), anchor=False)
    show_player(choice)


show_facts(choice)
linked()  # above the table: on a low screen it is there without scrolling
show_levels(choice)
videos()
