"""The form that names a result file, its truth and its videos.

What it names is in the address: a link or a refresh opens the same file again.
"""

from pathlib import Path

import streamlit as st

from dbs_core.evaluation.protocols.rules import RULES
from dbs_core.evaluation.result_file import ResultFile
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.result_file import uploads

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


UPLOADS = {"other_file": "Or upload it", "other_truth": "Or upload it (JSON)"}
OWN_RULE = "the truth's kind"


def show_form() -> dict[str, str]:
    """Draw the form; gives what it names, "" where a field is empty."""
    given = {}
    number = st.session_state.setdefault("other_uploads", 0)
    with st.form("other_form"):
        left, right = st.columns(2)
        for place, (key, (label, example, tip)) in zip(
            (left, right, left, right), FIELDS.items(), strict=True
        ):
            given[key] = place.text_input(
                label,
                key=key,
                placeholder=example,
                persist_state="session",
            ).strip()
            place.caption(tip)
            if key in UPLOADS and may_write():
                place.file_uploader(
                    UPLOADS[key],
                    key=f"{key}_upload_{number}",
                    max_upload_size=uploads.LARGEST_MB,
                )
        with st.container(horizontal=True):
            shown = st.form_submit_button("Show", type="primary", on_click=_take)
            st.form_submit_button("Show the sample's", on_click=_fill_in)
    if problem := st.session_state.pop("other_problem", None):
        st.error(escape(problem), icon=":material/error:")
    elif shown and not given["other_file"]:
        show_error(
            InputError("no result file is given", cure="type its path or upload it")
        )
    return given


def _take() -> None:
    """Keep what was handed over, and name it in its field; the widgets start anew."""
    number = st.session_state["other_uploads"]
    for key in UPLOADS:
        if handed := st.session_state.get(f"{key}_upload_{number}"):
            try:
                st.session_state[key] = uploads.keep(handed)
            except InputError as error:
                st.session_state["other_problem"] = error.without_content
            st.session_state["other_uploads"] = number + 1


def _fill_in() -> None:
    st.session_state.update({key: str(value) for key, value in EXAMPLE.items()})


def choose_rule(named: dict[str, str]) -> str | None:
    """Let the user take another rule than that of the truth's kind; None for that."""
    if not named["other_file"] or not named["other_truth"]:
        return None
    chosen = st.selectbox(
        "Judged by the rule of",
        [OWN_RULE, *RULES],
        key="other_rule",
        persist_state="session",
        width=260,
        help="A THUMOS'14 folder is judged as THUMOS'14 does, an ActivityNet file as "
        "ActivityNet does, unless you choose here.",
    )
    return None if chosen == OWN_RULE else chosen


def opened(named: dict[str, str], rule: str | None) -> ResultFile | None:
    """Read what the form names; None when nothing is named or it cannot be read."""
    if not named["other_file"]:
        return None
    try:
        with st.spinner("Reading and judging", show_time=True):
            return sources.result_file(
                named_path(named["other_file"]),
                named_path(named["other_truth"]) if named["other_truth"] else None,
                named["other_split"] or None,
                rule,
            )
    except InputError as error:
        show_error(error)
        return None


def named_path(text: str) -> Path:
    """Give the file that a field names: one on this computer, or an upload.

    Raises:
        InputError: it may not be read here, or the upload is gone.
    """
    return uploads.path_of(text) if uploads.is_upload(text) else typed_path(text)
