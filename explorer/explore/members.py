"""Whose imprint a page draws, where a run has several."""

import streamlit as st

from dbs_core.runs.provenance import FIRST_SHOWN, members_of
from dbs_core.runs.run import Run
from explorer.elements.glossary import tip


def say_whose_imprint(run: Run) -> None:
    """Say in one line what is a mean over members, and what is not."""
    if (members := members_of(run.info)) > 1:
        st.caption(
            f"Scores are the mean of {members} members; {FIRST_SHOWN}.",
            help=tip("member"),
        )
