"""The page that shows when there is nothing to show yet: how to make a run."""

import streamlit as st


def show_no_run() -> None:
    """Say that there is no run, and how to make or name one."""
    st.title("No run here yet")
    st.write(
        "A run holds what the method found in your videos. Train one on a data set, "
        "then look for actions in any video:"
    )
    st.code(
        "python -m dbs_core train DATASET --run runs/mine\n"
        "python -m dbs_core detect --run runs/mine VIDEO",
        language="bash",
    )
    st.write(
        "Runs in the folder `runs/` appear by themselves. For one elsewhere, use "
        "*Open a run folder* at the left, or set `DBS_RUNS` before you start."
    )
