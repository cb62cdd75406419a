"""The bar of pages, in the header: links that say all that is chosen.

The bar of `st.navigation` itself leaves out of the address whatever is no bound widget,
so a copied link or a new tab would open something else.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from explorer.selection import steps
from explorer.selection.orders import BAR


def show_bar(slot: DeltaGenerator, pages: Sequence[Page]) -> None:
    """Draw the links into their place, once what is chosen is known."""

    def links() -> None:
        with st.container(key="pages_bar", horizontal=True):
            for page in pages:
                name = page.url_path or steps.START
                st.page_link(page, query_params=steps.offered(name))

    with slot:
        st.fragment(links, key=BAR)()
