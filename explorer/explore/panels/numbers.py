"""The numbers behind the pictures, with downloads that are built when clicked."""

import streamlit as st

from dbs_core.evaluation.result_rows import detection_rows
from explorer.elements.data_files import show_buttons
from explorer.explore.panels import downloads
from explorer.explore.panels.moment import Moment


def show_numbers(moment: Moment) -> None:
    """Draw the table of detections and the download buttons."""
    rows = detection_rows(moment.result, moment.classes)
    if rows:
        st.dataframe(
            rows,
            hide_index=True,
            height=min(38 + 35 * len(rows), 320),
            alt="Detections of this video",
            column_config={
                "video": None,
                "score": st.column_config.ProgressColumn(
                    format="%.3f", min_value=0, max_value=1
                ),
            },
        )
    else:
        st.caption("Nothing was detected in this video.")
    with st.container(horizontal=True):
        show_buttons(downloads.data_files(moment.result, moment.classes))
