"""Your own videos, and data sets on this computer: in, at work, ready to explore."""

import streamlit as st

from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.batches import batches
from dbs_core.runs.places import home
from explorer.access.writing import ask_for_token, may_write
from explorer.elements.escaping import escape
from explorer.elements.no_run import show_no_run
from explorer.own_video.adding import show_adding
from explorer.own_video.base_run import base_runs, choose_base
from explorer.own_video.batch import show_batch
from explorer.own_video.card import show_card
from explorer.own_video.jobs import JOBS
from explorer.own_video.library import show_library
from explorer.own_video.progress import show_jobs
from explorer.own_video.results import show_results
from explorer.selection.first_place import DATA, VIDEO

if not may_write():
    st.title("Find actions in your video")
    ask_for_token()
    st.stop()

section = st.segmented_control(
    "What do you have?",
    (VIDEO, DATA),
    default=VIDEO,
    required=True,
    key="own_section",
    persist_state="session",
)


def show_videos() -> None:
    """Draw the way of a video: choose, estimate, at work, ready."""
    runs = base_runs()
    if not runs:
        show_no_run()
        return
    st.title("Find actions in your video")
    run = requests.own_run(home() / "own", choose_base(runs))
    show_adding(run)
    handed_in = [r for r in requests.requests(run) if not r.batch]
    at_work = {job.about.get("video") for job in JOBS.active(run=str(run.root))}
    ready = [r for r in handed_in if requests.done(run, r)]
    waiting = [r for r in handed_in if r not in ready and r.video_id not in at_work]
    if waiting:
        chosen = st.session_state.get("own_chosen")
        shown = next((r for r in waiting if r.video_id == chosen), waiting[0])
        show_card(run, shown)
        for other in waiting:
            if other is not shown and st.button(
                f"Not looked at yet: {escape(other.video_id)}",
                key=f"own_choose_{other.video_id}",
                type="tertiary",
            ):
                st.session_state["own_chosen"] = other.video_id
                st.rerun()
    show_jobs()
    for folder in batches(run):
        show_batch(run, folder)
    show_results(run, ready)
    st.caption(escape(f"Kept in {run.root}"))


if section == VIDEO:
    show_videos()
else:
    show_library()
    show_jobs()
