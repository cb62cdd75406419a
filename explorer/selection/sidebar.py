"""The selectors that all pages share: run, split, video, class.

They are drawn by the entry script before the page and are bound to the address with
persist_state, the one arrangement in which Streamlit keeps a bound value when the
page changes.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.records import VideoResult, classes_present
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.badge import show_badge
from explorer.elements.errors import show_error
from explorer.selection import page_change
from explorer.sources.catalogue import VideoEntry


@dataclass(frozen=True)
class Choice:
    """What is chosen: all parts, or none where something is missing."""

    run_id: str
    run: Run
    split: str
    videos: Mapping[str, VideoEntry]
    entry: VideoEntry


@dataclass(frozen=True)
class Subject:
    """What all pages are about: a video of a run, and a class."""

    choice: Choice
    result: VideoResult
    label: int


def nearest(wanted: str, options: Sequence[str]) -> str:
    """Give the option most like a name that is not among them, else the first."""
    close = difflib.get_close_matches(wanted, options, n=1, cutoff=0.6)
    return close[0] if close else options[0]


def _settle(key: str, options: Sequence[str], what: str) -> None:
    """Make a stale link land near, with a note, before the selector is drawn."""
    linked = st.query_params.get(key)
    seen = st.session_state.setdefault("stale_links", {})
    if linked is None or linked in options or seen.get(key) == linked:
        return
    seen[key] = linked
    near = nearest(linked, options)
    st.session_state[key] = near
    st.session_state.setdefault("notes", []).append(
        f"The link names the {what} “{linked}”, which is not here. This is “{near}”."
    )


def _pick(
    key: str, label: str, options: Sequence[str], what: str, **more: object
) -> str:
    leaving = page_change.is_wanted()
    if not leaving:  # else the address still is that of the choice before
        _settle(key, options, what)
    if st.session_state.get(key, options[0]) not in options:
        st.session_state[key] = options[0]  # set, not dropped: the browser follows
    chosen = st.selectbox(
        label,
        options,
        key=key,
        bind=None if leaving else "query-params",
        persist_state="session",
        filter_mode="contains",
        **more,
    )
    if chosen != options[0]:  # Streamlit leaves a first option out of the address
        st.session_state["address"][key] = chosen
    return chosen


def choose() -> Subject | None:
    """Draw run, split, video and class; None when there is no run or no result.

    The choice alone is kept in the session, for pages that are about more than a video.

    Raises:
        InputError: the chosen video's result cannot be read.
    """
    if wanted := st.session_state.pop("wanted_run", None):
        st.session_state["run"] = wanted
    runs = sources.runs()
    with st.sidebar:
        choice = _choose_video(runs) if runs else None
        slot = st.container()
        with st.popover(
            "Open a run folder", icon=":material/folder_open:", width="stretch"
        ):
            folder_form("sidebar")
    if choice is None:
        return None
    st.session_state["choice"] = choice
    result = sources.result(choice.run, choice.entry)
    with slot:
        label = _choose_class(choice.run, result, classes_present(result))
    return Subject(choice, result, label)


def _choose_video(runs: Mapping[str, Path]) -> Choice | None:
    chosen = _pick("run", "Run", list(runs), "run")
    try:
        run = sources.open_run(runs[chosen])
    except InputError as error:
        show_error(error)
        return None
    show_badge(run.info)
    if not run.splits:
        return None
    split = _pick("split", "Split", run.splits, "split")
    videos = {v.video_id: v for v in sources.videos(run, split).values()}
    if not videos:
        return None
    names = list(videos)
    video_id = _pick("video", f"Video ({len(names)})", names, "video")
    _steps(names, video_id)
    return Choice(chosen, run, split, videos, videos[video_id])


def _go(video_id: str) -> None:
    st.session_state["video"] = video_id


def _steps(names: Sequence[str], video_id: str) -> None:
    place = names.index(video_id)
    with st.container(horizontal=True, gap="small"):
        for label, key, step in (("Previous", "P", -1), ("Next", "N", 1)):
            target = place + step
            st.button(
                label,
                key=f"step_{label}",
                shortcut=key,
                width="stretch",
                disabled=not 0 <= target < len(names),
                on_click=_go,
                args=(names[max(0, min(target, len(names) - 1))],),
            )


def _choose_class(run: Run, result: VideoResult, present: Sequence[int]) -> int:
    """Draw the class selector: the classes of this video first. Gives the label."""
    names = [run.info.classes.name_of(label) for label in present]
    names += [n for n in run.info.classes.names if n not in names]
    _follow_detection(run, result)
    # Another video: its own class, unless the chosen one is in it too.
    if st.session_state.get("cls_video") != result.video_id:
        known = "cls_video" in st.session_state
        st.session_state["cls_video"] = result.video_id
        here = names[: len(present)] or names[:1]
        if known and st.session_state.get("cls") not in here:
            st.session_state["cls"] = names[0]
    return run.info.classes.label_of(_pick("cls", "Class", names, "class"))


def _follow_detection(run: Run, result: VideoResult) -> None:
    """Let a link to a detection that names no class open with the detection's."""
    query, found = st.query_params, result.detections
    number = query.get("det", "")
    if "cls" in st.session_state or "cls" in query or not number.isdecimal():
        return
    if len(number) < 9 and int(number) < len(found):
        st.session_state["cls"] = run.info.classes.name_of(
            int(found.labels[int(number)])
        )


def folder_form(place: str) -> None:
    """Let the user name a run folder on the server."""
    with st.form(f"folder_{place}", border=False):
        text = st.text_input(
            "Run folder on this computer",
            key=f"folder_path_{place}",
            placeholder="runs/mine",
        )
        if st.form_submit_button("Open", width="stretch") and text:
            _open_folder(text)


def _open_folder(text: str) -> None:
    try:
        found = sources.add_folder(typed_path(text))
    except InputError as error:
        show_error(error)
        return
    st.session_state["wanted_run"] = next(iter(found))
    st.rerun()
