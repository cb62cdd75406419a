"""Where a run's videos are, asked where one is not at its place any more."""

import streamlit as st

from dbs_core.records import VideoResult
from dbs_core.runs.repointing import repoint
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.access.paths import typed_path
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape


def offer_new_place(run: Run, result: VideoResult) -> None:
    """Ask for the folder that the videos are in now, and say what was found there."""
    if said := st.session_state.pop("repointed", None):
        st.info(escape(said), icon=":material/folder_open:")
    if run.video_file(result).is_file() or not may_write():
        return
    with st.form("new_place", border=False, width=620):
        text = st.text_input(
            "Folder that the videos are in" + (" now" if result.info.seen else ""),
            key="new_place_path",
            placeholder="/data/videos",
            help="It is looked through for all videos of the run that are not at their "
            "place, by name, size and length; where there were features alone, by name "
            "and length. Results stay as they are.",
        )
        wanted = st.form_submit_button("Look there", icon=":material/search:")
    if wanted:
        _look(run, text)


def _look(run: Run, text: str) -> None:
    try:
        folder = typed_path(text)
        with st.spinner("Looking for the videos"):
            found = repoint(run, folder)
    except InputError as error:
        show_error(error)
        return
    st.session_state["repointed"] = f"{found.counts}: {folder}"
    st.rerun()
