"""A file dropped on Start opens where it belongs, as `dbs explore FILE` opens it.

A video is copied to where own videos are kept, a result file to the uploads; the
annotation of a data set stays in `DBS_HOME`, since a run is built of it.
"""

import hashlib
import tempfile
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dbs_core.cli.shown_place import place_of
from dbs_core.datasets.folders import is_video
from dbs_core.runs.own_videos import requests
from dbs_core.runs.places import home
from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError
from explorer.access.writing import may_write
from explorer.elements.escaping import escape
from explorer.elements.handed_over import let_go
from explorer.own_video.adding import LARGEST_MB
from explorer.own_video.base_run import base_runs, follow_sidebar
from explorer.result_file import uploads
from explorer.selection.first_place import open_data, open_request, open_result
from explorer.start.drop_zone import drop_zone

FIELD = "start_upload_"
"""With what the key of the file field begins; its number follows."""
WANTED = (
    "a video, a result file or the annotation of a data set as JSON or CSV "
    "(docs/formats.md)"
)


def show_drop() -> None:
    """Draw the place for it; not for who may not write here."""
    if not may_write():
        return
    state = st.session_state
    number = state.setdefault("start_uploads", 0)
    with st.container(gap=None):
        handed = st.file_uploader(
            "Or drop a file anywhere here: a video, a result file, or an annotation "
            "(JSON, CSV)",
            key=f"{FIELD}{number}",
            max_upload_size=LARGEST_MB,
            help=f"It is copied to this computer's folders. A video has at most "
            f"{LARGEST_MB} MB, another file {uploads.LARGEST_MB}; what is larger opens "
            "by its path, on the pages for it.",
        )
        drop_zone(FIELD, key="start_drop")
    if problem := state.pop("start_problem", None):
        st.error(escape(problem), icon=":material/error:")
    if handed is None:
        return
    try:
        with st.spinner("Looking at the file"):
            _open(handed)
    except InputError as error:
        state["start_problem"] = error.without_content
    let_go(handed)
    # A new widget in its place: this one's list still names the file.
    state["start_uploads"] = number + 1
    st.rerun()


def _open(handed: UploadedFile) -> None:
    """Keep the file where its kind is kept, and lead to its page.

    Raises:
        InputError: it is nothing that the app opens, or it cannot be kept.
    """
    if is_video(Path(handed.name)):
        open_request(_kept_video(handed))
    elif handed.size > uploads.LARGEST_MB * 1_000_000:
        raise InputError(
            "the file is too large",
            where=handed.name,
            wanted=f"a video, or at most {uploads.LARGEST_MB} MB",
            got=f"{handed.size / 1e6:.0f} MB",
            cure="name its path on the page Result file or Your videos",
        )
    elif _kind(handed) == "result":
        open_result(uploads.keep(handed))
    else:
        open_data(str(_kept_annotation(handed)))


def _kept_video(handed: UploadedFile) -> str:
    """Copy a video to own videos of the run that the page for them would take."""
    runs = base_runs()
    if not runs:
        raise InputError(
            "no run has a model that could look at a video",
            where=handed.name,
            cure="train one with: python -m dbs_core train DATASET --run RUN",
        )
    follow_sidebar(list(runs))
    run = requests.own_run(home() / "own", runs[st.session_state["own_base"]])
    return requests.keep_upload(run, handed.name, handed.read, handed.size).video_id


def _kind(handed: UploadedFile) -> str:
    """Say what a file is, by what it holds: "result" or "data".

    Raises:
        InputError: it is neither.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, uploads.kept_name(handed.name))
        files.write_bytes(path, handed.getvalue())
        try:
            return place_of(path)
        except InputError as error:
            raise InputError(
                error.what, where=handed.name, because=error.because, wanted=WANTED
            ) from error


def _kept_annotation(handed: UploadedFile) -> Path:
    content = handed.getvalue()
    mark = hashlib.sha256(content).hexdigest()[:16]
    path = home() / "annotations" / mark / uploads.kept_name(handed.name)
    files.require_space(path.parent, len(content))
    files.write_bytes(path, content)
    return path
