"""A video before it is looked at: what it is, what it will take, and the button."""

from collections.abc import Mapping

import streamlit as st

from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.parts import clock
from dbs_core.runs.own_videos.requests import Request
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.own_video.work import Prospect, look_at, prospect


def show_card(run: Run, request: Request) -> None:
    """Draw the card of a video that has no result yet."""
    with st.container(border=True):
        st.subheader(escape(request.video_id))
        try:
            with st.spinner("Opening the video and timing a few of its frames"):
                found = prospect(run, request)
        except InputError as error:
            show_error(error)
            show_remove(run, request)
            return
        _show_facts(found)
        agreed = _show_question(found)
        with st.container(horizontal=True):
            if st.button(
                "Find the actions",
                type="primary",
                icon=":material/search:",
                key="own_start",
                disabled=not agreed,
            ):
                look_at(run, found.request)
                st.session_state.pop("own_chosen", None)
                st.rerun()
            show_remove(run, request)
        with st.expander("Settings of this run"):
            st.dataframe(setting_rows(run), hide_index=True, width="stretch")


def _show_facts(found: Prospect) -> None:
    info = found.info
    plays = "plays here as it is" if found.plays else "will get a copy that plays here"
    st.write(
        f"{clock(info.duration_s)} long, {info.width} × {info.height}, "
        f"{info.frame_rate:.4g} frames a second, {escape(info.codec)}: {plays}."
    )
    for problem in info.problems:
        st.warning(escape(problem), icon=":material/warning:")
    took = found.estimate
    st.write(
        f":material/timer: **About {spoken(took.total_s)}** on this computer: "
        f"features {spoken(took.features_s)}, imprint {spoken(took.imprint_s)} "
        "(measured just now on a few of its frames)."
    )


def _show_question(found: Prospect) -> bool:
    """Ask before a long video; True where work may begin."""
    took = found.estimate
    if took.parts == 1:
        return True
    part_s = found.info.duration_s / took.parts
    st.warning(
        f"This video is long: {clock(found.info.duration_s)}. An imprint is made for "
        f"minutes, so it will be looked at in {took.parts} parts of {clock(part_s)}, "
        "one after the other; each appears when it is ready. An action across a cut "
        f"is seen in two pieces. About {spoken(took.total_s)} of work, "
        f"{took.disk_bytes / 1e6:.0f} MB of disk at a time.",
        icon=":material/hourglass_top:",
    )
    return st.checkbox("Look at all of it", key="own_agreed")


def show_remove(run: Run, request: Request) -> None:
    """Draw the button that takes a video and its results away, with a question."""
    with st.popover("Remove", icon=":material/delete:"):
        st.write("The video and its results leave the explorer.")
        if not request.path.startswith("videos/"):
            st.write("The file itself stays where it is.")
        if st.button("Remove it", key=f"own_remove_{request.video_id}"):
            requests.forget(run, request)
            st.session_state.pop("own_chosen", None)
            st.rerun()


def spoken(seconds: float) -> str:
    """Write a length of time roughly, as an estimate deserves."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def setting_rows(run: Run) -> list[dict[str, str]]:
    """List a run's settings as names and values, nested ones with a dot."""
    return [
        {"setting": name, "value": str(value)}
        for name, value in _flat(run.info.settings, "")
    ]


def _flat(settings: Mapping[str, object], lead: str) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{lead}{name}.")
        else:
            rows.append((f"{lead}{name}", value))
    return rows
