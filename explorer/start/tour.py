"""The tour's way in: a button that opens the sample in Explore, where the tour is."""

import time

import streamlit as st

from dbs_core.runs.places import SAMPLE, run_id
from explorer.selection.page_change import open_moment

VIDEO, CLASS = "video_test_0000002", "JavelinThrow"
"""Two throws, far apart in time, that share cells: the paper's idea in one look."""


def offer_tour() -> None:
    """Draw the button."""
    st.button(
        "Take a two-minute tour",
        key="tour_start",
        icon=":material/tour:",
        width="stretch",
        on_click=_begin,
    )


def _begin() -> None:
    """Open the sample; the player starts the tour where this number is new to it."""
    st.session_state["tour"] = time.time_ns() // 1_000_000
    open_moment(VIDEO, CLASS, 0.0, run=run_id(SAMPLE))
