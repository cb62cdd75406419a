"""What the user sees when something cannot be shown: one line, never a trace.

No line quotes a file: whoever sees the page need not be the one who may read it. The
command line says all.
"""

import logging
import traceback
from pathlib import Path

import streamlit as st

from dbs_core.runtime.errors import InputError
from explorer.elements.escaping import escape

_LOG = logging.getLogger(__name__)


def show_error(error: InputError) -> None:
    """Show what cannot be used, without a word of the file's content."""
    st.error(escape(error.without_content), icon=":material/error:")


def show_script_error(error: BaseException) -> bool:
    """Show an error of a page; True tells Streamlit that it has been shown."""
    _LOG.error("a page failed", exc_info=error)
    if isinstance(error, InputError):
        show_error(error)
        return True
    st.error(
        "Something went wrong on this page. The rest of the explorer still works; "
        "the server's log holds the details.",
        icon=":material/error:",
    )
    with st.expander("Details"):
        st.code(f"{type(error).__name__} {_place(error)}".strip(), language=None)
    return True


def _place(error: BaseException) -> str:
    """Say in which file and line an error was raised; its text may quote a file."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
