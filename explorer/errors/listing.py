"""The list under the charts of Errors: a row an error, a drawer for each."""

from collections.abc import Mapping

import streamlit as st

from dbs_core.evaluation.diagnosis.error_table import ErrorTable
from explorer.elements.data_files import to_csv
from explorer.selection.sidebar import Choice

SHOWN = 2000
"""Rows in the page; the file has all."""
COLUMNS = {
    "frame": st.column_config.ImageColumn("", width=84),
    "kind": st.column_config.TextColumn("What", width=100),
    "class": st.column_config.TextColumn("Class", width=130),
    "video": st.column_config.TextColumn("Video", width=165),
    "start_s": st.column_config.NumberColumn("Start", format="%.1f s", width=72),
    "end_s": st.column_config.NumberColumn("End", format="%.1f s", width=72),
    "score": st.column_config.NumberColumn("Score", format="%.3f", width=70),
    "iou": st.column_config.NumberColumn("IoU", format="%.2f", width=60),
    "truth_class": st.column_config.TextColumn("Nearest truth", width=130),
    "truth_start_s": st.column_config.NumberColumn("from", format="%.1f s", width=72),
    "truth_end_s": st.column_config.NumberColumn("to", format="%.1f s", width=72),
    "stage": st.column_config.TextColumn("Lost at", width=110),
}


def show_list(table: ErrorTable, choice: Choice | None) -> int | None:
    """Draw the list; gives the place of the row that was marked."""
    rows = table.select(slice(0, SHOWN)).to_rows()
    if not rows:
        st.info("Nothing fits these filters: clear them, or click another mark.")
        return None
    names = [name for name in COLUMNS if name != "frame"]
    if not any(row["stage"] for row in rows):
        names.remove("stage")
    shown = [{name: row[name] for name in names} for row in rows]
    height = 35
    if choice is not None:
        height = 56
        shown = [
            {"frame": _thumb(row, choice)} | cells
            for row, cells in zip(rows, shown, strict=True)
        ]
    marked = st.dataframe(
        shown,
        key="err_list",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        placeholder="–",
        row_height=height,
        height=min(480, 40 + height * len(rows)),
        column_config=COLUMNS,
        alt="Errors that are picked",
    )["selection"]["rows"]
    return marked[0] if marked and marked[0] < len(rows) else None


def show_download(table: ErrorTable, name: str) -> None:
    """Offer the whole list as a file."""
    st.download_button(
        "CSV",
        lambda: to_csv(table.to_rows()),
        f"{name}_errors.csv",
        "text/csv",
        key="err_csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _thumb(row: Mapping[str, object], choice: Choice) -> str | None:
    """Give the address of the picture in the middle of a span."""
    entry = choice.videos.get(str(row["video"]))
    if entry is None:
        return None
    middle_s = (float(str(row["start_s"])) + float(str(row["end_s"]))) / 2
    rate_hz = float(str(_features(choice)["rate_hz"]))
    place = f"{choice.run_id}/{entry.key}/{int(middle_s * rate_hz)}"
    return f"dbs/thumb/{place}.jpg?s={entry.stamp}"


def _features(choice: Choice) -> Mapping[str, object]:
    features = choice.run.info.settings.get("features")
    return features if isinstance(features, Mapping) else {"rate_hz": 5.0}
