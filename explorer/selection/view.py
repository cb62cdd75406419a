"""The view of the player in the session and the address, and how the two agree.

The address wins when it holds something that was not written here: a link that was
opened, or the browser's Back. Otherwise the session does.
"""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dbs_core.evaluation.video_summary import first_action_s
from dbs_core.records import VideoResult
from explorer.selection.address import SCHEMA, Limits, View, committed_view, read_view
from explorer.selection.sidebar import Choice

NAMES = ("v", "t", "cell", "det", "layer")
PLAYER = "player"


def limits_of(result: VideoResult) -> Limits:
    """Say what views a video has."""
    return Limits(result.info.duration_s, result.placement.grid, len(result.detections))


def first_view(result: VideoResult, label: int) -> View:
    """Where a video opens: in the middle of the class's first action, true or found."""
    time_s = first_action_s(result, label)
    return View() if time_s is None else View(time_s=round(time_s, 2))


def current_view(choice: Choice, result: VideoResult, label: int) -> View:
    """Give the view to show, from the address or the session."""
    state = st.session_state
    video = (choice.run_id, choice.split, result.video_id)
    linked = _address()
    new_link = linked != state.get("view_written", {"v": SCHEMA})
    if new_link and linked.keys() - {"v"}:
        view, notes = read_view(linked, limits_of(result))
        state.setdefault("notes", []).extend(notes)
        _order(_timed(view, result, label))
    elif state.get("view_of") != video:
        _order(first_view(result, label))
        _write(View())
    state["view_of"] = video
    if new_link:
        state["view_written"] = linked
    return state["view"]


def _timed(view: View, result: VideoResult, label: int) -> View:
    """Give a link without a time that of its detection, else the video's first view."""
    if view.time_s is not None:
        return view
    if view.detection is not None:
        start = float(result.detections.spans_s[view.detection, 0])
        return replace(view, time_s=start)
    return replace(view, time_s=first_view(result, label).time_s)


def go_to(view: View) -> None:
    """Make the player show a view: from a panel, before the player is drawn."""
    _order(view)
    _write(view)


def pin(**changes: object) -> None:
    """Change parts of the view from a panel (a callback)."""
    go_to(replace(st.session_state.get("view", View()), **changes))


def _order(view: View) -> None:
    st.session_state["view"] = view
    st.session_state["view_order"] = st.session_state.get("view_order", 0) + 1


def _address() -> dict[str, str]:
    return {name: st.query_params[name] for name in NAMES if name in st.query_params}


def _write(view: View) -> None:
    """Put the view into the address; at rest it leaves no trace there."""
    query = view.query() if view != View() else {}
    for name in NAMES:
        if name in query:
            st.query_params[name] = query[name]
        elif name in st.query_params:
            del st.query_params[name]
    st.session_state["view_written"] = query or {"v": SCHEMA}


def on_commit(choice: Choice, result: VideoResult) -> Callable[[], None]:
    """Make the callback that takes over what the player committed."""

    def take() -> None:
        value = st.session_state[PLAYER].get("view")
        if not value or value.get("video") != f"{choice.run_id}/{choice.entry.key}":
            return  # a late word about another video
        view = committed_view(value, limits_of(result))
        st.session_state["view"] = view
        _write(view)
        name = value.get("cls")
        if name in choice.run.info.classes.names and name != st.session_state.get(
            "cls"
        ):
            st.session_state["cls"] = name
            st.session_state["class_changed"] = True

    return take
