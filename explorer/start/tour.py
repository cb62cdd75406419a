"""The tour's way in: a button that opens the sample in Explore, where the tour is."""

import time

import streamlit as st

from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.recorded_em import read_recorded_em
from dbs_core.runtime.errors import InputError
from explorer.selection.page_change import open_moment, open_page


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
    """Open the sample; the player starts the tour where this number is new to it.

    On the video of the recorded EM: two of its actions, far apart in time, share cells.
    """
    st.session_state["tour"] = time.time_ns() // 1_000_000
    try:
        recorded = read_recorded_em()
    except InputError:  # Start says so
        open_page("explore", run=run_id(SAMPLE))
    else:
        open_moment(recorded.video_id, recorded.name, 0.0, run=run_id(SAMPLE))
