"""With what the run at the left is compared: another run, or a result file."""

import streamlit as st

from dbs_core.runs.names import run_names
from explorer import sources
from explorer.access.paths import typed_path
from explorer.selection.second_run import hold_second
from explorer.selection.sidebar import Choice

FILE = "a result file"


def choose_second(choice: Choice) -> str | None:
    """Let the user choose; gives a run's id, or `FILE`."""
    runs = sources.runs()
    names: dict[str, str] = run_names(runs) | {FILE: FILE}
    options = [name for name in (*runs, FILE) if name != choice.run_id]
    hold_second("compare", "compare_with", options, runs)
    return st.selectbox(
        "Compared with (b)",
        options,
        index=None,
        format_func=names.__getitem__,
        key="compare_with",
        placeholder="Choose a run, or a result file",
        width=420,
    )


def read_second(
    picked: str, first: sources.Judgeable, choice: Choice
) -> sources.Judgeable | None:
    """Read the other side; None where no file is named yet.

    Raises:
        InputError: it cannot be read, or has no such split.
    """
    if picked != FILE:
        run = sources.open_run(sources.runs()[picked])
        return sources.run_set(run, choice.split)
    text = st.text_input(
        "Result file on this computer",
        key="compare_file",
        placeholder="detections.json",
        help="Judged by the truth of the run at the left. The layouts of Result file.",
    )
    return sources.beside(first, typed_path(text)) if text and text.strip() else None
