"""The selectors that all pages share: run, split, video, class.

They are drawn by the entry script before the page. They are not bound to the address:
a bound selector overwrites the entry of the browser's history it stands on, so that
Back would miss the step (steps.py writes the address).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.records import VideoResult, classes_present
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.names import named_by, run_names
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.badge import show_badge
from explorer.selection import judging, links
from explorer.selection.folder_form import folder_form, folder_list
from explorer.selection.links import Missing
from explorer.selection.notes import note
from explorer.selection.nothing import Nothing, WithoutResults
from explorer.selection.orders import CLASS, class_chosen, class_key


@dataclass(frozen=True)
class Choice:
    """What is chosen: all parts, or none where something is missing."""

    run_id: str
    name: str
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


def _settle(
    key: str, options: Sequence[str], what: str, shown: Callable[[str], str]
) -> None:
    """Make the selector hold an option, before it is drawn.

    A link's split or class that is not here lands near, with a note.
    """
    wanted = links.asked(key)
    if wanted is not None:
        names = {shown(option): option for option in options}
        near = names.get(wanted) or links.closest(wanted, options) or options[0]
        if wanted not in names:
            note(
                f"The link names the {what} “{wanted}”, which is not here. "
                f"This is “{near}”."
            )
        links.choose(key, near)
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]  # set, not dropped: the browser follows


def _pick(
    key: str,
    label: str,
    options: Sequence[str],
    what: str,
    shown: Callable[[str], str] = str,
    **more: object,
) -> str:
    _settle(key, options, what, shown)
    chosen = st.selectbox(
        label,
        options,
        key=key,
        format_func=shown,
        persist_state="session",
        filter_mode="contains",
        **more,
    )
    st.session_state["named"][key] = shown(chosen)
    return chosen


def _pick_instead(
    key: str, label: str, options: Sequence[str], shown: Callable[[str], str] = str
) -> None:
    """Offer what is here in place of what a link names, which stays in the address."""
    other = f"other_{key}"

    def take() -> None:
        links.choose(key, st.session_state[other])

    st.selectbox(
        label,
        options,
        index=None,
        key=other,
        format_func=shown,
        placeholder=f"Choose a {key}",
        filter_mode="contains",
        on_change=take,
    )


def choose() -> Subject | Nothing:
    """Draw run, split, video and class; or say why there is nothing to show.

    The choice alone is kept in the session, for pages that are about more than a video.

    Raises:
        InputError: the chosen video's result cannot be read.
    """
    st.session_state["named"] = {}
    runs = sources.runs()
    if (wanted := st.session_state.pop("wanted_run", None)) in runs:
        links.choose("run", wanted)
    with st.sidebar:
        choice = _choose_video(runs) if runs else None
        slot = st.container()
        with st.popover(
            "Open a run folder", icon=":material/folder_open:", width="stretch"
        ):
            folder_form("sidebar")
            folder_list()
    if not isinstance(choice, Choice):
        return choice
    st.session_state["choice"] = choice
    result = sources.result(choice.run, choice.entry)
    with slot:
        label = _choose_class(choice, result, classes_present(result))
    return Subject(choice, result, label)


def _choose_video(runs: Mapping[str, Path]) -> Choice | Nothing:
    names = run_names(runs)
    if missing := _missing_run(runs):
        _pick_instead("run", "Run", list(runs), names.__getitem__)
        return missing
    chosen = _pick(
        "run",
        "Run",
        list(runs),
        "run",
        names.__getitem__,
        on_change=links.answer,
        args=("split", "video", "cls"),
    )
    judging.of_run(chosen)
    try:
        run = sources.open_run(runs[chosen])
    except InputError as error:
        return error
    show_badge(run.info)
    if not run.splits:
        return WithoutResults(names[chosen], run)
    split = _pick("split", "Split", run.splits, "split")
    videos = {v.video_id: v for v in sources.videos(run, split).values()}
    if not videos:
        return WithoutResults(names[chosen], run)
    options, label = list(videos), f"Video ({len(videos)})"
    wanted = links.asked("video")
    if wanted is not None and wanted not in videos:
        _pick_instead("video", label, options)
        where = f"the split {split} of the run {names[chosen]}"
        return Missing("video", wanted, where, links.closest(wanted, options))
    video_id = _pick("video", label, options, "video")
    _steps(options, video_id)
    return Choice(chosen, names[chosen], run, split, videos, videos[video_id])


def _missing_run(runs: Mapping[str, Path]) -> Missing | None:
    """Say which run a link names, or was open, that is not here any more.

    A link by its id, or by what it was called before namesakes came, is put right.
    """
    linked = links.asked("run")
    wanted = linked or st.session_state.get("run")
    if wanted is None:
        return None
    known = named_by(wanted, runs)
    if known is None:
        return Missing("run", wanted)
    if linked is not None:
        links.choose("run", known)
    return None


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


def _choose_class(choice: Choice, result: VideoResult, present: Sequence[int]) -> int:
    """Draw the class selector: the classes of this video first. Gives the label."""
    classes = choice.run.info.classes
    names = [classes.name_of(label) for label in present]
    names += [n for n in classes.names if n not in names]
    _follow_detection(choice.run, result)
    # Another video: its own class, unless the chosen one is in it too.
    video = (choice.run_id, choice.entry.key)
    if st.session_state.get("cls_video") != video:
        known = "cls_video" in st.session_state
        st.session_state["cls_video"] = video
        here = names[: len(present)] or names[:1]
        if known and st.session_state.get("cls") not in here:
            st.session_state["cls"] = names[0]
    _settle("cls", names, "class", str)
    name = st.session_state["cls"]
    st.fragment(lambda: _draw_class(names), key=CLASS)()
    st.session_state["named"]["cls"] = name
    return classes.label_of(name)


def _draw_class(names: Sequence[str]) -> None:
    """Draw the selector of the class; it runs alone when the player chose another.

    What else chooses a class is faster than the browser: a selector that it has not
    drawn anew tells its old option once more. So it gets a new selector, which has
    nothing late to say.
    """
    state = st.session_state
    if state.get(class_key()) not in (None, state["cls"]):
        state["class_turn"] += 1
    key = class_key()
    state[key] = state["cls"]
    st.selectbox(
        "Class",
        names,
        key=key,
        filter_mode="contains",
        on_change=class_chosen,
        args=(key,),
        persist_state="session",
    )
    if st.session_state.pop("class_chosen", False):
        st.rerun()


def _follow_detection(run: Run, result: VideoResult) -> None:
    """Let a link to a detection that names no class open with the detection's."""
    found = result.detections
    number = st.session_state.get("asked_view", {}).get("det", "")
    chosen = st.session_state.get("cls") or links.asked("cls")
    if chosen or not number.isdecimal():
        return
    if len(number) < 9 and int(number) < len(found):
        st.session_state["cls"] = run.info.classes.name_of(
            int(found.labels[int(number)])
        )
