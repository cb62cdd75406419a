"""What the user sees when something cannot be shown: one line, never a trace."""

import logging

import streamlit as st

from dbs_core.runtime.errors import InputError
from explorer.elements.escaping import escape

_LOG = logging.getLogger(__name__)


def show_script_error(error: BaseException) -> bool:
    """Show an error of a page; True tells Streamlit that it has been shown."""
    _LOG.error("a page failed", exc_info=error)
    if isinstance(error, InputError):
        st.error(escape(str(error)), icon=":material/error:")
        return True
    st.error(
        "Something went wrong on this page. The rest of the explorer still works; "
        "the server's log holds the details.",
        icon=":material/error:",
    )
    with st.expander("Details"):
        st.code(f"{type(error).__name__}: {error}", language=None)
    return True
