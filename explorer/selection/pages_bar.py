"""The bar of pages, in the header: links that say all that is chosen.

The bar of `st.navigation` itself leaves out of the address whatever is no bound widget,
so a copied link or a new tab would open something else.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page

from explorer.selection import steps

STYLE = """
.st-key-leave { display: none; }
@media (min-width: 768px) {
  .stMainBlockContainer { padding-top: 3rem; }
  .stAppViewContainer, div:has(> .stAppHeader), .stAppHeader { background: inherit; }
  .st-key-pages_bar {
    position: fixed; top: 0; z-index: 999991; width: auto; height: 3.75rem;
    align-items: center; gap: 0.25rem;
  }
  .stApp:has([data-testid=stHeaderLogo]) .st-key-pages_bar { margin-left: 2.5rem; }
  .stApp:has([data-testid=stExpandSidebarButton]) .st-key-pages_bar {
    margin-left: 5.5rem;
  }
}
@media (max-width: 767px) {
  .stMainBlockContainer { padding-top: 4rem; }
  .st-key-pages_bar { display: grid; grid-template-columns: repeat(3, auto); gap: 0; }
  .st-key-pages_bar a { min-height: 40px; }
}
"""
"""It lies in the header, beside the logo; there is no setting for that."""


def show_bar(slot: DeltaGenerator, pages: Sequence[Page]) -> None:
    """Draw the links into their place, once what is chosen is known."""
    with slot:
        for page in pages:
            name = page.url_path or steps.START
            st.page_link(page, query_params=steps.offered(name))
