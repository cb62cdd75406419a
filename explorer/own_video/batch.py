"""A folder of videos: a line each, looked at in the background, one after the other."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.batches import batches
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from dbs_core.runtime.amounts import many
from explorer.elements.escaping import escape
from explorer.own_video.jobs import JOBS, Job
from explorer.own_video.results import first_part
from explorer.own_video.work import look_at_batch
from explorer.selection.page_change import is_wanted, open_page

EVERY_S = 2.0
WORDS = {
    "done": "✓ done",
    "work": "▶ at work",
    "waiting": "waiting",
    "failed": "✕ failed",
}


def show_batch(run: Run, folder: str) -> None:
    """Draw a folder's lines, and the buttons that start, open and remove it."""
    active = bool(JOBS.active(run=str(run.root), batch=folder))
    st.fragment(_show, run_every=EVERY_S if active else None)(run, folder)


def _show(run: Run, folder: str) -> None:
    if is_wanted():
        st.rerun()  # a click here runs these lines alone; the page is to change
    jobs = JOBS.active(run=str(run.root), batch=folder)
    now = batches(run).get(folder, ())
    rows = [line(run, request, jobs) for request in now]
    states = [row["state"] for row in rows]
    done, failed = states.count(WORDS["done"]), states.count(WORDS["failed"])
    with st.container(border=True):
        st.markdown(
            f":material/folder: **{escape(Path(folder).name)}** · "
            f"{done} of {many(len(now), 'video')} done"
            + (f", {failed} failed" if failed else "")
        )
        key = f"batch_{run_id(Path(folder))}"
        st.dataframe(
            rows,
            key=key,
            hide_index=True,
            height=min(40 + 35 * max(len(rows), 1), 320),
            on_select=lambda: _open(run, now, key),
            selection_mode="single-row",
            column_config={
                "video": st.column_config.TextColumn("Video"),
                "state": st.column_config.TextColumn("State", width=100),
                "why": st.column_config.TextColumn("Why", width="large"),
            },
            alt=f"Videos of {Path(folder).name} and how they stand",
        )
        with st.container(horizontal=True):
            _show_buttons(run, folder, now, done, active=bool(jobs))


def line(run: Run, request: Request, jobs: Sequence[Job]) -> dict[str, str]:
    """Say how a video stands, and why where it failed."""
    at_work = {job.steps["detect"].detail for job in jobs if "detect" in job.steps}
    why = ""
    if requests.done(run, request):
        state = "done"
    elif request.video_id in at_work:
        state = "work"
    elif request.problem:
        state, why = "failed", request.problem
    else:
        state = "waiting"
    return {"video": request.video_id, "state": WORDS[state], "why": why}


def _show_buttons(
    run: Run, folder: str, batch: Sequence[Request], done: int, *, active: bool
) -> None:
    key, left = run_id(Path(folder)), len(batch) - done
    if left and not active:
        begun = done or any(request.problem for request in batch)
        words = f"Go on with {left}" if begun else f"Find the actions in all {left}"
        if st.button(
            words,
            key=f"batch_go_{key}",
            type="primary",
            icon=":material/search:",
            help="In the background, one after the other. What is done is not done "
            "again, what failed is tried again. A long video is looked at in parts.",
        ):
            look_at_batch(run, folder)
            st.rerun()
    if done:
        st.button(
            "Show them on Videos",
            key=f"batch_videos_{key}",
            on_click=open_page,
            args=("videos",),
            kwargs={"run": run_id(run.root), "split": requests.SPLIT},
        )
    if not active:
        with st.popover("Remove", icon=":material/delete:"):
            st.write(
                "These videos and their results leave the explorer. The files "
                "themselves stay where they are."
            )
            if st.button("Remove them", key=f"batch_remove_{key}"):
                requests.forget(run, *batch)
                st.rerun()


def _open(run: Run, batch: Sequence[Request], key: str) -> None:
    """Open the video whose line was marked, where it is done."""
    marked = st.session_state[key]["selection"]["rows"]
    if marked and marked[0] < len(batch) and requests.done(run, batch[marked[0]]):
        open_page("explore", **first_part(run, batch[marked[0]]))
