"""The list of what changed, and the clip behind a row with both runs under it."""

import streamlit as st

from dbs_core.evaluation.diagnosis.change_table import ChangeTable
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.runtime.amounts import many
from explorer import sources
from explorer.elements.clip import Moment, show_clip
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


ONLY = {"compare_class": "class", "compare_video": "video"}
"""What a click on a chart narrows the list to, by its key in the session."""


def take_click() -> None:
    """Let the mark that was clicked narrow the list; a click beside changes nothing."""
    state = st.session_state
    points = state["compare_figure"]["selection"]["points"]
    if points and points[0].get("customdata"):
        key, name, listed, *_ = points[0]["customdata"]
        show_all()
        state[key], state["compare_list"] = name, listed


def show_all() -> None:
    """Show the changes of all classes and videos again."""
    st.session_state.update(dict.fromkeys(ONLY))


def narrowed(table: ChangeTable) -> ChangeTable:
    """Keep what was clicked, and say so; a link may name what is not here."""
    for key, options in (
        ("compare_class", table.classes.names),
        ("compare_video", table.videos),
    ):
        name = st.session_state.get(key)
        if name not in options:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Of the {ONLY[key]} **{escape(name)}** alone")
            st.button("All", key=f"all_of_{key}", on_click=show_all)
        named = {"classes": [name]} if key == "compare_class" else {"videos": [name]}
        table = table.only(**named)
    return table


def show_changes(
    two: TwoRuns, table: ChangeTable, choice: Choice, other: str | None
) -> None:
    """Draw the list; a marked row opens its clip. `other`: the id of b, if a run."""
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
        show_change(two, rows[marked[0]], choice, other)


@st.dialog("The clip behind it", width="medium", position="right")
def show_change(
    two: TwoRuns, row: dict[str, object], choice: Choice, other: str | None
) -> None:
    """Play a row's clip, what both runs have there under one cursor."""
    video_id = str(row["video"])
    start_s, end_s = float(str(row["start_s"])), float(str(row["end_s"]))
    st.markdown(f"**{escape(str(row['class']))}, {escape(str(row['what']))}**")
    st.caption(escape(f"{video_id}, {start_s:.1f} to {end_s:.1f} s"))
    _links(row, choice, other)
    moment = Moment(video_id, str(row["class"]), start_s, end_s)
    sets = {"a": two.a, "b": two.b}
    runs = [choice.run, *([sources.open_run(sources.runs()[other])] if other else [])]
    show_clip(moment, sets, float(str(row["tiou"])), runs)
    st.caption(escape(f"a: {two.a.judged.name}. b: {two.b.judged.name}."))
    if page_change.is_wanted():
        st.rerun()  # the page too, not the drawer alone


def _links(row: dict[str, object], choice: Choice, other: str | None) -> None:
    """Lead to the moment in Explore, in either run."""
    with st.container(horizontal=True):
        for name, run in (("a", choice.run_id), ("b", other)):
            if run is None:
                continue
            pinned = {"det": row[f"detection_{name}"]}
            if row["truth"] is not None:
                pinned = {"truth": row["truth"]}
            st.button(
                f"Open {name} in Explore",
                key=f"compare_open_{name}",
                type="primary",
                icon=":material/grid_view:",
                on_click=page_change.open_moment,
                args=(str(row["video"]), str(row["class"]), float(str(row["start_s"]))),
                kwargs=pinned | ({"run": run} if name == "b" else {}),
            )
