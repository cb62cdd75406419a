"""The bar above a table of videos: search, classes, order, errors only."""

from collections.abc import Sequence

import streamlit as st

from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import ClassList
from explorer.videos.lines import ORDERS, WHERE, Wanted

PLACES = {"either": "in truth or found", "present": "in truth", "found": "found"}


def show_filter(rows: Sequence[Summary], classes: ClassList, key: str) -> Wanted:
    """Draw the bar, its widgets named after `key`, and give what is wanted."""
    present = sorted({label for row in rows for label in row.labels})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search",
            type="search",
            live="100ms",  # a search of ten thousand takes no longer
            key=f"{key}_search",
            placeholder="video or class",
        )
        wanted = st.multiselect(
            "Classes",
            [classes.name_of(label) for label in present],
            key=f"{key}_classes",
            placeholder="all classes",
            help="Counts and AP are then those of the chosen classes alone.",
        )
        where = "either"
        if wanted:
            where = st.segmented_control(
                "Chosen classes are",
                list(WHERE),
                default="either",
                required=True,
                format_func=PLACES.__getitem__,
                key=f"{key}_where",
            )
        order = st.segmented_control(
            "Order",
            list(ORDERS),
            default="Worst first",
            required=True,
            key=f"{key}_order",
        )
        wrong_only = st.toggle("With errors only", key=f"{key}_errors")
    return Wanted(text, wanted, str(where), wrong_only, str(order))
