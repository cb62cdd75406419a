"""What of an address did not fit: noted where it is read, told where a page comes."""

import streamlit as st

from explorer.elements.escaping import escape


def note(text: str) -> None:
    """Keep what is to be said."""
    st.session_state.setdefault("notes", []).append(text)


def show_notes() -> None:
    """Say what was noted, once."""
    if notes := st.session_state.pop("notes", []):
        st.toast(
            "\n\n".join(map(escape, notes)), icon=":material/link_off:", duration="long"
        )
