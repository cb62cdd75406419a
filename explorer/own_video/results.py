"""Own videos that have been looked at, each with its way into the other pages."""

import streamlit as st

from dbs_core.runs.own_videos.parts import clock
from dbs_core.runs.own_videos.requests import SPLIT, Request
from dbs_core.runs.places import run_id
from dbs_core.runs.run import Run
from explorer.elements.escaping import escape
from explorer.own_video.card import show_remove
from explorer.selection.page_change import open_page


def show_results(run: Run, requests: list[Request]) -> None:
    """Draw the list of finished videos."""
    if not requests:
        return
    st.subheader("Ready to explore")
    for request in requests:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(request.video_id)}** · {_length(request)}")
            st.space("stretch")
            st.button(
                "Explore",
                key=f"own_open_{request.video_id}",
                icon=":material/grid_view:",
                type="primary",
                on_click=open_page,
                args=("explore",),
                kwargs=first_part(run, request),
            )
            show_remove(run, request)


def first_part(run: Run, request: Request) -> dict[str, str]:
    """Give the choice that shows a video, a long one from its start."""
    (video, _), *_ = request.parts
    return {"run": run_id(run.root), "split": SPLIT, "video": video}


def _length(request: Request) -> str:
    parts = len(request.parts)
    return clock(request.duration_s) + (f", {parts} parts" if parts > 1 else "")
