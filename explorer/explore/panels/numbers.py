"""The numbers behind the pictures, with downloads that are built when clicked.

A row takes the player to its start and is pinned there, under the number that it has
here, on the screen, in links and in files.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dbs_core.evaluation.result_rows import detection_rows, truth_rows
from explorer.elements.data_files import show_buttons
from explorer.explore.panels import downloads
from explorer.explore.panels.moment import Moment
from explorer.selection import view
from explorer.selection.judging import judging

Rows = Sequence[Mapping[str, object]]
NUMBER = "Its number on the screen, in links and in files"
FRAME = "Number of the picture in the video file, from 0"
SAMPLE = "Index among the pictures that were looked at, five a second, from 0"
COLUMNS = {
    "video": None,
    "detection": st.column_config.NumberColumn("Detection", help=NUMBER),
    "truth": st.column_config.NumberColumn("Truth", help=NUMBER),
    "found by": st.column_config.NumberColumn(
        "found by", help="The detection's number"
    ),
    "score": st.column_config.ProgressColumn(format="%.3f", min_value=0, max_value=1),
    **{
        f"{edge} {what}": st.column_config.NumberColumn(help=tip)
        for edge in ("start", "end")
        for what, tip in (("frame", FRAME), ("sample", SAMPLE))
    },
}


def show_numbers(moment: Moment) -> None:
    """Draw the tables of detections and truths, and the download buttons."""
    how = judging(moment.choice.run.info.score_threshold)
    found = detection_rows(moment.result, moment.classes, how)
    if found:
        _show_table("found_table", found, "Detections of this video", _pin_found)
    else:
        least = "" if how.threshold is None else f" from score {how.threshold:g} on"
        st.caption(f"Nothing was detected in this video{least}.")
    truths = truth_rows(moment.result, moment.classes, how)
    if truths:
        _show_table("truth_table", truths, "Truths of this video", _pin_truth)
    if found or truths:
        st.caption(
            f"Judged at tIoU {how.tiou:g}. A row takes the player to its start and is "
            "pinned there. Frames are those of the video file; samples are what was "
            "looked at, five a second."
        )
    with st.container(horizontal=True):
        show_buttons(downloads.data_files(moment.result, moment.classes))


def _show_table(
    key: str, rows: Rows, alt: str, pin: Callable[[Mapping[str, object]], None]
) -> None:
    def take() -> None:
        marked = st.session_state[key]["selection"]["rows"]
        if marked and marked[0] < len(rows):
            pin(rows[marked[0]])

    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        placeholder="–",
        height=min(40 + 35 * len(rows), 320),
        on_select=take,
        selection_mode="single-row",
        alt=alt,
        column_config=COLUMNS,
    )


def _pin_found(row: Mapping[str, object]) -> None:
    number = row["detection"]
    view.pin(str(row["class"]), time_s=row["start (s)"], detection=number, truth=None)


def _pin_truth(row: Mapping[str, object]) -> None:
    number = row["truth"]
    view.pin(str(row["class"]), time_s=row["start (s)"], truth=number, detection=None)
