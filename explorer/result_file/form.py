"""The form that names a result file, its truth and its videos.

What it names is in the address: a link or a refresh opens the same file again.
"""

from dataclasses import dataclass
from pathlib import Path, PurePath

import streamlit as st

from dbs_core.evaluation.protocols.rules import RULES
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runtime.errors import InputError
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
        "A video plays here when its file has the name of the video. Videos below the "
        "folder of the truth are found without it.",
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


@dataclass(frozen=True)
class Named:
    """What the form names, "" where a field is empty; `rule` None: the truth's own."""

    file: str
    truth: str
    videos: str
    split: str
    rule: str | None

    @property
    def words(self) -> str:
        """What is open, in one line: the file, its truth, the videos."""
        last = [PurePath(text).name for text in (self.file, self.truth, self.videos)]
        parts = zip(("", "truth ", "videos "), last, strict=True)
        return " · ".join(what + name for what, name in parts if name)


def named() -> Named:
    """Give what the form names, before it is drawn."""
    state = st.session_state
    texts = (str(state.get(key) or "").strip() for key in FIELDS)
    rule = state.get("other_rule")
    return Named(*texts, rule if rule in RULES else None)


def show_form(what: Named, problem: InputError | None, *, is_open: bool) -> None:
    """Draw the form, small once its files are open, and what is wrong with it."""
    if is_open:
        place = st.expander(f"Files: {escape(what.words)}", key="other_files")
    else:
        place = st.container()
    with place:
        shown = _fields()
        if what.file and what.truth:
            _choose_rule()
    if lost := st.session_state.pop("other_problem", None):
        st.error(escape(lost), icon=":material/error:")
    elif shown and not what.file:
        show_error(
            InputError("no result file is given", cure="type its path or upload it")
        )
    if problem is not None:
        show_error(problem)


def _fields() -> bool:
    """Draw the fields; says whether they were handed in just now."""
    number = st.session_state.setdefault("other_uploads", 0)
    with st.form("other_form"):
        left, right = st.columns(2)
        for place, (key, (label, example, tip)) in zip(
            (left, right, left, right), FIELDS.items(), strict=True
        ):
            place.text_input(
                label,
                key=key,
                placeholder=example,
                persist_state="session",
            )
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
    return shown


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


def _choose_rule() -> None:
    """Let the user take another rule than that of the truth's kind."""
    st.selectbox(
        "Judged by the rule of",
        [OWN_RULE, *RULES],
        key="other_rule",
        persist_state="session",
        width=260,
        help="A THUMOS'14 folder is judged as THUMOS'14 does, an ActivityNet file as "
        "ActivityNet does, unless you choose here.",
    )


def named_path(text: str) -> Path:
    """Give the file that a field names: one on this computer, or an upload.

    Raises:
        InputError: it may not be read here, or the upload is gone.
    """
    return uploads.path_of(text) if uploads.is_upload(text) else typed_path(text)
