"""The form that names a result file, its truth and its videos.

What it names is in the address: a link or a refresh opens the same file again.
"""

from pathlib import Path

import streamlit as st

from dbs_core.evaluation.result_file import ResultFile
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.elements.errors import show_error

FIELDS = {
    "other_file": (
        "Result file",
        "detections.json",
        "ActivityNet JSON, THUMOS'14 submission (`video start end class_id score`), "
        "CSV (`video,start_s,end_s,label,score`) or WebVTT of ours; gzip too.",
    ),
    "other_truth": (
        "Truth",
        "thumos14/",
        "A THUMOS'14 annotation folder with its class list, judged by THUMOS'14's "
        "rule; or an ActivityNet ground-truth JSON, judged by ActivityNet's. Without "
        "it nothing is judged.",
    ),
    "other_videos": (
        "Folder of the videos (if you have them)",
        "videos/",
        "A video plays here when its file has the name of the video.",
    ),
    "other_split": (
        "Split (empty: that of the benchmark)",
        "test",
        "`test`, `validation`, `training`, ...: which videos of the truth count.",
    ),
}
EXAMPLE = {
    "other_file": SAMPLE / "detections" / "test.json",
    "other_truth": SAMPLE_DATA,
    "other_videos": SAMPLE_DATA / "test",
    "other_split": "test",
}
"""The shipped sample's own results."""


def show_form() -> dict[str, str]:
    """Draw the form; gives what it names, "" where a field is empty."""
    given = {}
    with st.form("other_form"):
        left, right = st.columns(2)
        for place, (key, (label, example, tip)) in zip(
            (left, right, left, right), FIELDS.items(), strict=True
        ):
            given[key] = place.text_input(
                label,
                key=key,
                placeholder=example,
                bind="query-params",
            ).strip()
            place.caption(tip)
        with st.container(horizontal=True):
            st.form_submit_button("Show", type="primary")
            st.form_submit_button("Show the sample's", on_click=_fill_in)
    return given


def _fill_in() -> None:
    st.session_state.update({key: str(value) for key, value in EXAMPLE.items()})


def opened(named: dict[str, str]) -> ResultFile | None:
    """Read what the form names; None when nothing is named or it cannot be read."""
    if not named["other_file"]:
        return None
    try:
        with st.spinner("Reading and judging", show_time=True):
            return sources.result_file(
                typed_path(named["other_file"]),
                _path(named["other_truth"]),
                named["other_split"] or None,
            )
    except InputError as error:
        show_error(error)
        return None


def _path(text: str) -> Path | None:
    return typed_path(text) if text else None
