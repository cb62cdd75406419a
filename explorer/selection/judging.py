"""From which score a detection counts, and at which tIoU it is right: for all pages."""

import streamlit as st

from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.video_matches import TIOU

ALL = "all"


def judging(own: float | None) -> Judging:
    """Give what judges: what was chosen, else a run's own threshold."""
    score = st.session_state.get("score")
    if score is None:
        score = own
    threshold = None if score in (None, ALL) else float(score)
    return Judging(st.session_state.get("tiou", TIOU), threshold)


def choose(score: float | str | None, tiou: float) -> None:
    """Choose a threshold (None: the run's own, "all": none) and a tIoU."""
    st.session_state["score"], st.session_state["tiou"] = score, tiou
