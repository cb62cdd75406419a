"""Run folders on the server: open one, see what was opened, take it off the list."""

from pathlib import Path

import streamlit as st

from dbs_core.runs.names import named_by, run_names
from dbs_core.runs.places import run_id
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.access.paths import typed_path
from explorer.access.writing import may_write
from explorer.elements.errors import show_error
from explorer.elements.escaping import escape
from explorer.selection.links import asked
from explorer.sources import known_folders


def folder_form(place: str) -> None:
    """Let the user name a run folder on the server."""
    with st.form(f"folder_{place}", border=False):
        text = st.text_input(
            "Run folder on this computer",
            key=f"folder_path_{place}",
            placeholder="runs/mine",
        )
        if st.form_submit_button("Open", width="stretch"):
            _open_folder(text)


def _open_folder(text: str) -> None:
    try:
        folder = typed_path(text)
        found = sources.runs_in(folder)
    except InputError as error:
        show_error(error)
        return
    try:
        known_folders.add(folder, keep=may_write())
    except InputError as error:
        _note(f"Open until the server ends: {error.without_content}")
    linked = named_by(asked("run") or "", found)
    st.session_state["wanted_run"] = linked or next(iter(found))
    st.rerun()


def _note(text: str) -> None:
    st.session_state["folder_note"] = text


def folder_list() -> None:
    """List the folders that were opened, with what is wrong, and take them off."""
    if note := st.session_state.pop("folder_note", None):
        st.warning(escape(note), icon=":material/warning:")
    try:
        known_folders.remembered()
    except InputError as error:
        st.warning(
            escape(
                f"{error.without_content} It is kept aside when the next folder is "
                "opened."
            ),
            icon=":material/warning:",
        )
    for folder in known_folders.known_folders():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap=None):
                st.markdown(f"**{escape(_called(folder))}**")
                st.caption(escape(str(folder)))
                if wrong := _what_is_wrong(folder):
                    st.caption(f":material/error: {escape(wrong.without_content)}")
            if may_write():
                st.button(
                    "Remove",
                    key=f"forget_{run_id(folder)}",
                    type="tertiary",
                    help="Take it off this list; the folder stays as it is",
                    on_click=_forget,
                    args=(folder,),
                )


def _called(folder: Path) -> str:
    """Name the run of a folder as everywhere; a folder of many by its own name."""
    name = run_id(folder)
    return run_names(sources.runs()).get(name, folder.name)


def _what_is_wrong(folder: Path) -> InputError | None:
    """Say why a folder's runs cannot be opened, the first of them."""
    try:
        for root in sources.runs_in(folder).values():
            sources.open_run(root)
    except InputError as error:
        return error
    return None


def _forget(folder: Path) -> None:
    try:
        known_folders.forget(folder)
    except InputError as error:
        _note(error.without_content)
