"""The form that names a result file, its truth and its videos."""

import streamlit as st

from dbs_core.evaluation.result_file import ResultFile
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error

FIELDS = {
    "other_file": (
        "Result file",
        "detections.json",
        "ActivityNet JSON, THUMOS'14 submission (video start end class_id score), or "
        "CSV (video,start_s,end_s,label,score); gzip too.",
    ),
    "other_truth": (
        "Truth",
        "thumos14/",
        "A THUMOS'14 annotation folder with its class list, or an ActivityNet "
        "ground-truth JSON. Without it nothing is judged.",
    ),
    "other_videos": (
        "Folder of the videos (if you have them)",
        "videos/",
        "A video plays here when its file has the name of the video.",
    ),
    "other_split": (
        "Split (empty: that of the benchmark)",
        "test",
        "test, validation, training, ...: which videos of the truth count.",
    ),
}


def show_form() -> None:
    """Draw the form; what it names is kept for the session."""
    with st.form("other_form"):
        left, right = st.columns(2)
        given = {}
        for place, (key, (label, example, tip)) in zip(
            (left, right, left, right), FIELDS.items(), strict=True
        ):
            given[key] = place.text_input(
                label,
                key=key,
                placeholder=example,
                help=f"On the computer that runs the explorer. {tip}",
                persist_state="session",
            ).strip()
        if st.form_submit_button("Show", type="primary") and given["other_file"]:
            st.session_state["other"] = given
            st.session_state.pop("other_video", None)


def opened() -> ResultFile | None:
    """Read what the form names; None when nothing is named or it cannot be read."""
    named = st.session_state.get("other")
    if not named:
        return None
    try:
        with st.spinner("Reading and judging", show_time=True):
            return sources.result_file(
                typed_path(named["other_file"]),
                typed_path(named["other_truth"]) if named["other_truth"] else None,
                named["other_split"] or None,
            )
    except InputError as error:
        show_error(error)
        return None
