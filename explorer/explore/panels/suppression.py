"""Which proposal became which detection, and what non-maximum suppression removed."""

import numpy as np
import streamlit as st

from dbs_core.evaluation.result_rows import candidate_rows
from dbs_core.records import VideoResult
from explorer.explore.figures.candidates import candidates_figure
from explorer.explore.panels.moment import TOOLBAR, Moment
from explorer.selection import view


def show_suppression(moment: Moment) -> None:
    """Draw proposals and candidates of the class, and the table of its candidates."""
    result, table = moment.result, moment.result.candidates
    of_class = table.segments.labels == moment.label
    removed = int((of_class & (table.suppressed_by >= 0)).sum())
    st.markdown(
        f"{_began(result)} → "
        f"**{int(of_class.sum())} candidates of this class** → {removed} removed → "
        f"**{int(of_class.sum()) - removed} detections**"
    )
    st.plotly_chart(
        candidates_figure(result, moment.label, moment.classes, moment.colours),
        key="candidates",
        config=TOOLBAR,
        alt="Proposals, removed and kept candidates over time",
    )
    rows = candidate_rows(result, moment.label)
    st.dataframe(
        rows,
        key="candidate_table",
        hide_index=True,
        placeholder="–",
        height=min(38 + 35 * max(len(rows), 1), 320),
        on_select=lambda: _select(moment),
        selection_mode="single-row",
        alt="Candidates of the class with their proposals and suppressors",
    )
    st.caption("A row takes the player to its start; a detection is pinned.")


def _began(result: VideoResult) -> str:
    """Say what the candidates come from."""
    count = len(result.proposals)
    if result.reach_s is not None:
        return f"**{count} frames with an action**, each telling its start and end"
    dropped = count - len(np.unique(result.candidates.proposal))
    return f"**{count} proposals** → {dropped} lost to background"


def _select(moment: Moment) -> None:
    chosen = st.session_state["candidate_table"]["selection"]["rows"]
    rows = candidate_rows(moment.result, moment.label)
    if chosen and chosen[0] < len(rows):
        row = rows[chosen[0]]
        view.pin(time_s=row["start (s)"], detection=row["detection"])
