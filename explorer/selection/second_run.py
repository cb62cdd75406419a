"""A page's second run, which its address names: held where it is here, else said so."""

from collections.abc import Container, Mapping
from pathlib import Path

import streamlit as st

from dbs_core.runs.names import named_by
from explorer.selection import steps
from explorer.selection.notes import note, show_notes


def hold_second(
    page: str, key: str, options: Container[object], runs: Mapping[str, Path]
) -> None:
    """Make a selector of a second run hold an option, before it is drawn.

    A link that names a run which is not known here is not followed silently.
    """
    wanted = st.session_state.get(key)
    if wanted is not None and wanted not in options:
        named = named_by(str(wanted), runs)
        if named is None:
            note(
                f"The link names the run “{wanted}”, which is not here. Open its "
                "folder at the left, and choose it."
            )
        st.session_state[key] = named
    steps.hold(page, key, options)
    show_notes()
