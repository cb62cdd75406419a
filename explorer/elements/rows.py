"""A table of detections or truths whose rows lead the player to what they say."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

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


def show_rows(
    key: str, rows: Rows, alt: str, pin: Callable[[Mapping[str, object]], None]
) -> None:
    """Draw a table; a row that is marked is pinned in the player."""

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
