"""The list of what changed, and the clip behind a row with both runs under it."""

import streamlit as st

from dbs_core.evaluation.diagnosis.change_table import ChangeTable
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.runtime.amounts import many
from explorer.elements.clip import BESIDE_S, show_spans, show_video
from explorer.elements.data_files import to_csv
from explorer.elements.escaping import escape
from explorer.selection import page_change
from explorer.selection.sidebar import Choice

SHOWN = 2000
"""Rows in the page; the file has all."""
COLUMNS = {
    "what": st.column_config.TextColumn("What", width=95),
    "class": st.column_config.TextColumn("Class", width=130),
    "video": st.column_config.TextColumn("Video", width=165),
    "start_s": st.column_config.NumberColumn("Start", format="%.1f s", width=72),
    "end_s": st.column_config.NumberColumn("End", format="%.1f s", width=72),
    "kind_a": st.column_config.TextColumn("a", width=100),
    "score_a": st.column_config.NumberColumn("score", format="%.3f", width=66),
    "iou_a": st.column_config.NumberColumn("IoU", format="%.2f", width=58),
    "kind_b": st.column_config.TextColumn("b", width=100),
    "score_b": st.column_config.NumberColumn("score", format="%.3f", width=66),
    "iou_b": st.column_config.NumberColumn("IoU", format="%.2f", width=58),
}


def show_changes(two: TwoRuns, table: ChangeTable, choice: Choice) -> None:
    """Draw the list; a marked row opens its clip."""
    with st.container(horizontal=True, vertical_alignment="center"):
        truths = int(table.is_truth.sum())
        alarms = many(len(table) - truths, "false alarm")
        st.markdown(f"**{many(truths, 'truth')}, {alarms}**")
        st.download_button(
            "CSV",
            lambda: to_csv(table.to_rows()),
            "changes.csv",
            "text/csv",
            key="compare_csv",
            on_click="ignore",
            icon=":material/download:",
        )
    rows = table.select(slice(0, SHOWN)).to_rows()
    if not rows:
        st.info("Nothing of this sort: neither run differs here.")
        return
    marked = st.dataframe(
        [{name: row[name] for name in COLUMNS} for row in rows],
        key="compare_rows",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        placeholder="–",
        height=min(480, 40 + 35 * len(rows)),
        column_config=COLUMNS,
        alt="What changed",
    )["selection"]["rows"]
    if marked and marked[0] < len(rows) and not page_change.is_wanted():
        show_change(two, rows[marked[0]], choice)


@st.dialog("The clip behind it", width="medium", position="right")
def show_change(two: TwoRuns, row: dict[str, object], choice: Choice) -> None:
    """Play a row's clip over what both runs have there."""
    video_id = str(row["video"])
    start_s, end_s = float(str(row["start_s"])), float(str(row["end_s"]))
    st.markdown(f"**{escape(str(row['class']))}, {escape(str(row['what']))}**")
    st.caption(escape(f"{video_id}, {start_s:.1f} to {end_s:.1f} s"))
    between = max(0.0, start_s - BESIDE_S), end_s + BESIDE_S
    show_video(video_id, choice, between)
    for name, one in (("a", two.a), ("b", two.b)):
        st.caption(escape(f"{name}: {one.judged.name}"))
        show_spans(one.judged, video_id, between, start_s, float(str(row["tiou"])))
    number = row["truth"] if row["truth"] is not None else row["detection_a"]
    st.button(
        "Open a in Explore",
        key="compare_open",
        type="primary",
        icon=":material/grid_view:",
        on_click=page_change.open_moment,
        args=(video_id, str(row["class"]), start_s),
        kwargs={"truth" if row["truth"] is not None else "det": number},
    )
    if page_change.is_wanted():
        st.rerun()  # the page too, not the drawer alone
