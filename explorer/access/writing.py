"""Who may start work and remove results: on a shared server who has the token."""

import streamlit as st

from explorer.access.serving import shared
from explorer.access.token import is_token


def may_write() -> bool:
    """Say whether this session may start what writes to the disk."""
    return not shared() or st.session_state.get("may_write", False)


def ask_for_token(key: str = "token") -> None:
    """Draw the question for the token; with it the page runs again.

    Args:
        key: another where a page asks twice.
    """
    st.info(
        "This server is shared: only who has the token that its terminal shows may "
        "hand in videos, start work or remove results.",
        icon=":material/lock:",
    )
    with st.form(f"{key}_form", border=False, width=420):
        text = st.text_input("Token", type="password", key=key)
        if st.form_submit_button("Unlock") and text:
            if is_token(text):
                st.session_state["may_write"] = True
                st.rerun()
            st.error("That is not the token.", icon=":material/error:")
