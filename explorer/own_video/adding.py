"""Taking a video in: handed over by the browser, or named where it lies."""

import streamlit as st

from dbs_core.datasets.folders import VIDEO_SUFFIXES
from dbs_core.runs.own_videos import requests
from dbs_core.runs.own_videos.batches import take, videos_of
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.access.paths import typed_path
from explorer.elements.escaping import escape
from explorer.elements.handed_over import let_go

LARGEST_MB = 500


def show_adding(run: Run) -> None:
    """Draw both ways in; a single video that comes in is chosen."""
    left, right = st.columns(2, gap="medium")
    with left:
        _show_upload(run)
    with right:
        _show_path(run)
    if problem := st.session_state.pop("own_problem", None):
        st.error(escape(problem), icon=":material/error:")


def _show_upload(run: Run) -> None:
    number = st.session_state.setdefault("own_uploads", 0)
    handed = st.file_uploader(
        "Upload a video",
        type=sorted(suffix[1:] for suffix in VIDEO_SUFFIXES),
        max_upload_size=LARGEST_MB,
        key=f"own_upload_{number}",
        help=f"At most {LARGEST_MB} MB; name the path of a larger one.",
    )
    if handed is None:
        return
    try:
        request = requests.keep_upload(run, handed.name, handed.read, handed.size)
    except InputError as error:
        st.session_state["own_problem"] = error.without_content
    else:
        st.session_state["own_chosen"] = request.video_id
    let_go(handed)
    # A new widget in its place: this one's list still names the file.
    st.session_state["own_uploads"] = number + 1
    st.rerun()


def _show_path(run: Run) -> None:
    if named := st.session_state.pop("own_taken", None):
        _taken_or_told(run, named)  # what `dbs explore` named
        st.rerun()
    with st.form("own_path_form", border=False):
        text = st.text_input(
            "Or a path on this computer: a video, or a folder of videos",
            key="own_path",
            placeholder="/videos/training.mp4, or /videos",
            help="On the computer that runs the explorer. Files stay where they are.",
        )
        if st.form_submit_button("Take it", width="stretch"):
            _taken_or_told(run, text)
            st.rerun()


def _taken_or_told(run: Run, text: str) -> None:
    try:
        _take(run, text)
    except InputError as error:
        st.session_state["own_problem"] = error.without_content


def _take(run: Run, text: str) -> None:
    """Take in what a path names: one video, or a folder of them.

    Raises:
        InputError: nothing is named, or no video is there.
    """
    path = typed_path(text)
    if path.is_dir():
        # On a shared server a link may lead out of the folders that are open.
        files = [typed_path(str(file)) for file in videos_of(path)]
        take(run, path, files)
    else:
        request = requests.name_file(run, path)
        st.session_state["own_chosen"] = request.video_id
