"""The next error of a class where the video on screen has no more: in another one."""

from collections.abc import Callable, Sequence

import streamlit as st

from dbs_core.evaluation.error_steps import ErrorPlace, error_elsewhere
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.records import ClassList
from explorer import sources
from explorer.elements.escaping import escape
from explorer.selection import judging
from explorer.selection.page_change import choose_moment
from explorer.selection.sidebar import Choice
from explorer.selection.view import Seen

ASKED = "step_asked"


def on_step(seen: Seen) -> Callable[[], None]:
    """Make the callback that takes over what the player asks for."""

    def take() -> None:
        step = st.session_state[seen.slot.player].get("step")
        if step and step.get("video") == seen.key:
            st.session_state[ASKED] = step

    return take


def asked(classes: ClassList) -> tuple[str, int] | None:
    """Give what the player asked for, once: a class, and 1 for on or -1 for back."""
    step = st.session_state.pop(ASKED, None) or {}
    name = step.get("cls")
    return (name, int(step["sign"])) if name in classes.names else None


def look_elsewhere(
    judge: Judge,
    how: Judging,
    classes: ClassList,
    videos: Sequence[str],
    here: str,
    step: tuple[str, int],
) -> ErrorPlace | None:
    """Find the next error of a class in the other videos, or say there is none."""
    name, sign = step
    place = error_elsewhere(judge, how, classes.label_of(name), videos, here, sign)
    if place is None:
        where = "later" if sign > 0 else "earlier"
        st.toast(
            escape(f"No error of {name} is left in {where} videos"),
            icon=":material/last_page:" if sign > 0 else ":material/first_page:",
        )
    return place


def go_on(choice: Choice) -> None:
    """Go to the video that has the next error, where the player asked for one.

    All results are read for it once, so it is done with the player on screen.
    """
    classes = choice.run.info.classes
    step = asked(classes)
    if step is None:
        return
    own, here = choice.run.info.score_threshold, choice.entry.video_id
    with st.spinner("Looking for an error in the other videos"):
        known = sources.summaries(choice.run, choice.split, lambda _: None)
        how = judging.judging(own, known.judge.rule.tiou)
        place = look_elsewhere(
            known.judge, how, classes, list(choice.videos), here, step
        )
    if place is not None:
        choose_moment(
            place.video_id,
            step[0],
            place.start_s,
            det=place.detection,
            truth=place.truth,
        )
        st.rerun()
