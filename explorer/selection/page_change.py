"""Going to another page by a button: the one place that does it.

Run, split, video and class are bound to the address, and Streamlit lets nobody touch a
bound name there. `st.switch_page` has to: told of no names it clears the address and
fails; told of others only, it drops the bound ones, and the selectors write theirs
again one by one, each a step of the browser's Back with half a choice in it.

So a button only says what it wants. In the run that follows, the selectors are drawn
free of the address; what they hold is the new address, and the page changes with all
of it at once.
"""

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx

from explorer.selection.address import CHOICE

WANTED = "wanted_page"


def open_page(page: str, **choice: str) -> None:
    """Go to a page of `app_pages`, with another run, split or video.

    A callback: when the body of a page runs, the selectors are drawn already.
    """
    st.session_state.update(choice)
    st.session_state[WANTED] = page
    _free_address()


def is_wanted() -> bool:
    """Say whether this run only leads to another page."""
    return WANTED in st.session_state


def change_page(address: Mapping[str, str]) -> None:
    """Go where a button wants to, if one does; the player's view is left behind."""
    if page := st.session_state.pop(WANTED, None):
        st.switch_page(f"app_pages/{page}.py", query_params=address)


def rename(key: str, name: str) -> None:
    """Write another name of the same thing into the address, before its selector.

    The selector starts from the address that the page was loaded with.
    """
    _free_address(key)
    st.query_params[key] = name
    with _held().session_state.query_params() as held:
        held.set_initial_query_params_from_current()


def _held() -> ScriptRunContext:
    context = get_script_run_ctx()
    assert context is not None, "only a session has an address"
    return context


def _free_address(*names: str) -> None:
    """Unbind selectors, for which Streamlit 1.67 has no public call.

    On a change of version tests/app/test_page_changes.py says whether it still holds.
    """
    with _held().session_state.query_params() as held:
        for name in names or CHOICE:
            if binding := held.get_binding_for_param(name):
                held.unbind_widget(binding.widget_id)
