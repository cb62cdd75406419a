"""The paper's figures and tables from this run, beside what is printed."""

import streamlit as st

from explorer.paper.figures import show_figures
from explorer.paper.tables import show_tables
from explorer.selection import steps
from explorer.selection.nothing import show_nothing

PARTS = ("Figures", "Tables")

choice = st.session_state["choice"]
if choice is None:
    show_nothing()
    show_tables(None)
    st.stop()

st.title("The paper, from this run")
steps.hold("paper", "paper_part", PARTS)
part = st.segmented_control(
    "Part of the paper",
    PARTS,
    required=True,
    key="paper_part",
    label_visibility="collapsed",
    persist_state="session",
)
if part == PARTS[0]:
    show_figures(choice)
else:
    show_tables(choice.run)
