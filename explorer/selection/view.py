"""The view of a player in the session: where it opens, and what it commits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from dbs_core.evaluation.video_summary import first_action_s
from dbs_core.records import ClassList, Spans, VideoResult
from explorer.selection import judging, steps
from explorer.selection.address import JUDGING, Limits, View, committed_view, read_view
from explorer.selection.orders import EXPLORE, Slot, order
from explorer.selection.sidebar import Choice, Subject


@dataclass(frozen=True, eq=False)
class Seen:
    """A video that a player shows.

    `of` is what it is called in the address, `key` what player and page call it.
    """

    slot: Slot
    of: tuple[str | None, ...]
    key: str
    video: Spans
    classes: ClassList
    label: int
    limits: Limits


def seen_of(choice: Choice, result: VideoResult, label: int) -> Seen:
    """Give a run's video as the player of Explore shows it."""
    return Seen(
        EXPLORE,
        (choice.name, choice.split, result.video_id),
        f"{choice.run_id}/{choice.entry.key}",
        result,
        choice.run.info.classes,
        label,
        limits_of(result),
    )


def limits_of(result: VideoResult) -> Limits:
    """Say what views a video has."""
    return limits_of_spans(result, result.info.duration_s, result.placement.grid)


def limits_of_spans(
    video: Spans, duration_s: float, grid: tuple[int, int] | None = None
) -> Limits:
    """Say what views a video has; one without imprint has no grid."""
    truths = len(video.truth.segments) if video.truth else 0
    return Limits(duration_s, grid, len(video.detections), truths)


def first_view(result: VideoResult, label: int) -> View:
    """Where a video opens: in the middle of the class's first action, true or found."""
    return _first(result, label, result.info.duration_s)


def _first(video: Spans, label: int, duration_s: float) -> View:
    time_s = first_action_s(video, label, duration_s)
    return View() if time_s is None else View(time_s=round(time_s, 2))


def settle_run(subject: Subject, *, arrived: bool) -> None:
    """Settle the view of Explore on the video that is chosen."""
    settle(seen_of(subject.choice, subject.result, subject.label), arrived=arrived)


def settle(seen: Seen, *, arrived: bool) -> bool:
    """Bring the view in line with the address that was read, or another video.

    Another video keeps the layer and the heat map: they are how one looks, not where.
    `arrived`: the page has just been opened, so the player is a new one. Gives whether
    the player was told anything.
    """
    state, name = st.session_state, seen.slot.view
    asked = state.pop(seen.slot.asked, None)
    if asked is not None:
        view, notes = read_view(asked, seen.limits)
        state.setdefault("notes", []).extend(notes)
    elif state.get(f"{name}_of") != seen.of:
        last = state.get(name, View())
        view = View(layer=last.layer, heat=last.heat, which=last.which)
    else:
        if arrived:
            order(state[name], seen.slot)
        return arrived
    state[f"{name}_of"] = seen.of
    state[f"{name}_opens_at"] = _opening(view, seen)
    order(view, seen.slot)
    return True


def _opening(view: View, seen: Seen) -> float | None:
    """Say where a view without a time opens: at what is pinned, or an action."""
    video = seen.video
    if view.detection is not None:
        return float(video.detections.spans_s[view.detection, 0])
    if view.truth is not None and video.truth:
        return float(video.truth.segments.spans_s[view.truth, 0])
    return _first(video, seen.label, seen.limits.duration_s).time_s


def current_view(slot: Slot = EXPLORE) -> View:
    """Give the view to show."""
    view = st.session_state[slot.view]
    if view.time_s is None:
        return replace(view, time_s=st.session_state[f"{slot.view}_opens_at"])
    return view


def told(seen: Seen, view: View, own: float | None, how: judging.Judging) -> object:
    """Say to the player what it is to show, as its scripts read it.

    A threshold that is the run's own is not named, so that the player can say so.
    """
    score = how.threshold
    return {
        "time": None if st.session_state[f"{seen.slot.view}_stays"] else view.time_s,
        "cell": view.cell,
        "detection": view.detection,
        "truth": view.truth,
        "layer": view.layer,
        "label": seen.label,
        "zoom": view.zoom,
        "heat": view.heat,
        "paint": view.paint,
        "map": view.which,
        "threshold": None if score == own else judging.ALL if score is None else score,
        "tiou": how.tiou,
    }


def pin(name: str | None = None, slot: Slot = EXPLORE, **changes: object) -> None:
    """Change parts of the view from a panel (a callback), with it the class `name`."""
    before, after = st.session_state.get(slot.cls), name
    order(replace(st.session_state[slot.view], **changes), slot)
    if after in (None, before):
        steps.write_alone()
    else:
        st.session_state[slot.cls] = after
        _follow(slot)


def _follow(slot: Slot) -> None:
    """Bring what shows the class or what judges in line, and nothing else.

    A run of all does so by itself.
    """
    if not steps.runs_alone():
        return
    st.session_state["class_turn"] = st.session_state.get("class_turn", 0) + 1
    steps.write_alone()
    st.rerun(list(slot.follows))


def on_commit(seen: Seen) -> Callable[[], None]:
    """Make the callback that takes over what the player committed."""
    slot = seen.slot

    def take() -> None:
        value, state = st.session_state[slot.player].get("view"), st.session_state
        state[slot.heard] = (value or {}).get("said", 0)
        shown = state.get(f"{slot.view}_of") == seen.of
        if not value or value.get("video") != seen.key or not shown:
            return  # a late word about another video
        state[slot.view] = committed_view(value, seen.limits)
        before = state.get(slot.cls), judging.query()
        if value.get("cls") in seen.classes.names:
            state[slot.cls] = value["cls"]
        if "score" in value:
            said = {k: str(value[k]) for k in JUDGING if value.get(k) is not None}
            judging.read(said, [])
            judging.heard()
        if before != (state.get(slot.cls), judging.query()):
            _follow(slot)
        steps.write_alone()

    return take
