"""The next error of a class where the video on screen has no more: in another one."""

from collections.abc import Callable

import streamlit as st

from dbs_core.evaluation.error_steps import error_elsewhere
from explorer import sources
from explorer.elements.escaping import escape
from explorer.selection import judging
from explorer.selection.orders import EXPLORE
from explorer.selection.page_change import choose_moment
from explorer.selection.sidebar import Choice

ASKED = "step_asked"


def on_step(choice: Choice) -> Callable[[], None]:
    """Make the callback that takes over what the player asks for."""

    def take() -> None:
        step = st.session_state[EXPLORE.player].get("step")
        if step and step.get("video") == f"{choice.run_id}/{choice.entry.key}":
            st.session_state[ASKED] = step

    return take


def go_on(choice: Choice) -> None:
    """Go to the video that has the next error, where the player asked for one.

    All results are read for it once, so it is done with the player on screen.
    """
    asked = st.session_state.pop(ASKED, None)
    name, classes = (asked or {}).get("cls"), choice.run.info.classes
    if name not in classes.names:
        return
    how, sign = judging.judging(choice.run.info.score_threshold), int(asked["sign"])
    with st.spinner("Looking for an error in the other videos"):
        known = sources.summaries(choice.run, choice.split, lambda _: None)
        place = error_elsewhere(
            known.judge,
            how,
            classes.label_of(name),
            list(choice.videos),
            choice.entry.video_id,
            sign,
        )
    if place is None:
        where = "later" if sign > 0 else "earlier"
        st.toast(
            escape(f"No error of {name} is left in {where} videos"),
            icon=":material/last_page:" if sign > 0 else ":material/first_page:",
        )
        return
    choose_moment(
        place.video_id, name, place.start_s, det=place.detection, truth=place.truth
    )
    st.rerun()
