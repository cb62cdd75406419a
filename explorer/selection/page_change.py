"""Going to another page by a button: the one place that does it.

Run, split, video and class are bound to the address, and Streamlit 1.67 refuses to
clear an address that holds a bound name, which `st.switch_page` does unless it is told
what to put there. Told nothing but the player's view, it drops the rest without a word;
the selectors then write what they hold into the address of the new page.
"""

from typing import NoReturn

import streamlit as st

from explorer.selection.address import View


def open_page(page: str, view: View | None = None) -> NoReturn:
    """Go to a page of `app_pages`, with a view of the player in its address.

    Choose run, split, video or class through the session's state before.
    """
    st.switch_page(f"app_pages/{page}.py", query_params=view.query() if view else {})
