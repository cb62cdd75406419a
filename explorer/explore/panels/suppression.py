"""Which proposal became which detection, and what non-maximum suppression removed."""

import streamlit as st

from dbs_core.evaluation.candidate_fates import Tally, tally
from dbs_core.evaluation.result_rows import candidate_rows
from dbs_core.records import VideoResult
from dbs_core.runtime.amounts import many
from explorer.elements.glossary import tip
from explorer.explore.figures.candidates import candidates_figure
from explorer.explore.panels.moment import TOOLBAR, Moment
from explorer.selection import view


def show_suppression(moment: Moment) -> None:
    """Draw proposals and candidates of the class, and the table of its candidates."""
    result = moment.result
    found = tally(result, moment.label)
    st.markdown(
        f"{_began(result, found)} → "
        f"**{many(found.candidates, 'candidate')} of this class** → "
        f"{found.removed} removed → **{many(found.detections, 'detection')}**",
        help=tip("proposal", "candidate", "suppression", "detection", "calibration"),
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


def _began(result: VideoResult, found: Tally) -> str:
    """Say what the candidates come from."""
    count = found.proposals
    if result.reach_s is not None:
        return (
            f"**{many(count, 'sample')} with an action**, each telling its start "
            "and end"
        )
    return f"**{many(count, 'proposal')}** → {found.lost} lost to background"


def _select(moment: Moment) -> None:
    chosen = st.session_state["candidate_table"]["selection"]["rows"]
    rows = candidate_rows(moment.result, moment.label)
    if chosen and chosen[0] < len(rows):
        row = rows[chosen[0]]
        view.pin(time_s=row["start (s)"], detection=row["detection"])
