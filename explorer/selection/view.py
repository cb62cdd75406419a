"""The view of the player in the session: where it opens, and what it commits."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dbs_core.evaluation.video_summary import first_action_s
from dbs_core.records import VideoResult
from explorer.selection import judging, steps
from explorer.selection.address import JUDGING, Limits, View, committed_view, read_view
from explorer.selection.orders import BAR, CLASS, LINKED, order
from explorer.selection.sidebar import Choice, Subject

PLAYER = "player"


def limits_of(result: VideoResult) -> Limits:
    """Say what views a video has."""
    truths = len(result.truth.segments) if result.truth else 0
    found = len(result.detections)
    return Limits(result.info.duration_s, result.placement.grid, found, truths)


def first_view(result: VideoResult, label: int) -> View:
    """Where a video opens: in the middle of the class's first action, true or found."""
    time_s = first_action_s(result, label)
    return View() if time_s is None else View(time_s=round(time_s, 2))


def settle(subject: Subject, *, arrived: bool) -> None:
    """Bring the view in line with the address that was read, or another video.

    Another video keeps the layer and the heat map: they are how one looks, not where.
    `arrived`: the page has just been opened, so the player is a new one.
    """
    state, choice, result = st.session_state, subject.choice, subject.result
    video = (choice.name, choice.split, result.video_id)
    asked = state.pop("asked_view", None)
    if asked is not None:
        view, notes = read_view(asked, limits_of(result))
        state.setdefault("notes", []).extend(notes)
    elif state.get("view_of") != video:
        last = state.get("view", View())
        view = View(layer=last.layer, heat=last.heat)
    else:
        if arrived:
            order(state["view"])
        return
    state["view_of"] = video
    state["opens_at"] = _opening(view, result, subject.label)
    order(view)


def _opening(view: View, result: VideoResult, label: int) -> float | None:
    """Say where a view without a time opens: at what is pinned, or an action."""
    if view.detection is not None:
        return float(result.detections.spans_s[view.detection, 0])
    if view.truth is not None and result.truth:
        return float(result.truth.segments.spans_s[view.truth, 0])
    return first_view(result, label).time_s


def current_view() -> View:
    """Give the view to show."""
    view = st.session_state["view"]
    if view.time_s is None:
        return replace(view, time_s=st.session_state["opens_at"])
    return view


def pin(name: str | None = None, **changes: object) -> None:
    """Change parts of the view from a panel (a callback), with it the class `name`."""
    before, after = st.session_state.get("cls"), name
    order(replace(st.session_state["view"], **changes))
    if after in (None, before):
        steps.write()
    else:
        st.session_state["cls"] = after
        _show_class()


def _show_class() -> None:
    """Bring what shows the class or what judges in line, and nothing else."""
    st.session_state["class_turn"] = st.session_state.get("class_turn", 0) + 1
    steps.write()
    st.rerun([LINKED, CLASS, BAR])


def on_commit(choice: Choice, result: VideoResult) -> Callable[[], None]:
    """Make the callback that takes over what the player committed."""

    def take() -> None:
        value, state = st.session_state[PLAYER].get("view"), st.session_state
        video = f"{choice.run_id}/{choice.entry.key}"
        if not value or value.get("video") != video or not _is_shown(choice, result):
            return  # a late word about another video
        state["view"] = committed_view(value, limits_of(result))
        before = state.get("cls"), judging.query()
        if value.get("cls") in choice.run.info.classes.names:
            state["cls"] = value["cls"]
        if "score" in value:
            said = {k: str(value[k]) for k in JUDGING if value.get(k) is not None}
            judging.read(said, [])
        if before != (state.get("cls"), judging.query()):
            _show_class()
        steps.write()

    return take


def _is_shown(choice: Choice, result: VideoResult) -> bool:
    video = (choice.name, choice.split, result.video_id)
    return st.session_state.get("view_of") == video
