"""With what the app opens: what `dbs explore PLACE` named, on its page.

Once a session, where it begins at the bare address: a link, or a page that was chosen,
goes first.
"""

import os

import streamlit as st

from dbs_core.runs.places import OPEN
from explorer.selection.page_change import open_page
from explorer.selection.steps import START

VIDEO, DATA = "A video", "Data set on disk"
"""What the page of own videos calls its two parts."""


def open_first_place(page: str) -> None:
    """Lead to the page of what was named, if this session has just begun.

    Until it is there: a browser that runs the first page twice never follows the link
    of the first time.
    """
    state = st.session_state
    if state.get("begun"):
        return
    kind, _, path = os.environ.get(OPEN, "").partition(":")
    if not path or page != START or st.query_params:
        state["begun"] = True
    elif kind == "video":
        state["own_taken"] = path
        open_page("own_video")
    elif kind == "result":
        open_result(path)
    elif kind == "data":
        open_data(path)


def open_result(text: str) -> None:
    """Lead to a result file: its path, or what an upload is called."""
    st.session_state["other_file"] = text
    open_page("result_file")


def open_data(path: str) -> None:
    """Lead to a data set on disk, which is looked at."""
    st.session_state.update(own_section=DATA, library_root=path, library_looked=path)
    open_page("own_video")


def open_request(video_id: str) -> None:
    """Lead to a video of one's own that was taken in."""
    st.session_state.update(own_section=VIDEO, own_chosen=video_id)
    open_page("own_video")
