"""Work that goes on in the background, noted on every other page."""

import streamlit as st

from explorer.elements.escaping import escape
from explorer.own_video.jobs import JOBS
from explorer.own_video.progress import shown_steps, stage_words, state_words
from explorer.selection import steps

EVERY_S = 3.0


def show_note() -> None:
    """Draw a line in the sidebar for each job at work."""
    if JOBS.active():
        with st.sidebar:
            st.fragment(_lines, run_every=EVERY_S)()


def _lines() -> None:
    jobs = JOBS.active()
    for job in jobs:
        st.caption(f":material/hourglass_top: **{escape(job.title)}**")
        done = shown_steps(job)
        if done:
            st.progress(done[0].share, stage_words(job, done[0]))
        else:
            st.caption(state_words(job, 0))
    if not jobs:
        st.caption(":material/check: All work is done.")
    st.page_link(
        "app_pages/own_video.py",
        label="Your videos",
        query_params=steps.offered("own_video"),
    )
