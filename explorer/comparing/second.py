"""With what the run at the left is compared: another run, or a result file."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.runs.names import run_names
from dbs_core.runs.places import SHIPPED_RUNS
from explorer import sources
from explorer.access.paths import typed_path
from explorer.selection import steps
from explorer.selection.second_run import hold_second
from explorer.selection.sidebar import Choice

FILE = "a result file"
NUMBERS: Mapping[LabelNumbers, str] = {
    "auto": "the truth's ids where they fit",
    "names": "none, only names count",
    "ids": "the truth's own",
    "thumos14": "THUMOS'14's official ids",
    "order-0": "places in the class list, from 0",
    "order-1": "places in the class list, from 1",
}
"""What `--labels` says, in words."""


def choose_second(choice: Choice) -> str | None:
    """Let the user choose; gives a run's id, or `FILE`."""
    runs = sources.runs()
    names: dict[str, str] = run_names(runs) | {FILE: FILE}
    options = [name for name in (*runs, FILE) if name != choice.run_id]
    if st.session_state.get("compare_with") is None:
        st.session_state["compare_with"] = _other_shipped(choice.run_id, options)
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


def _other_shipped(run: str, options: Sequence[str]) -> str | None:
    """Give the second of the shipped runs where the first is chosen, and vice versa."""
    others = [name for name in SHIPPED_RUNS if name != run and name in options]
    return others[0] if run in SHIPPED_RUNS and others else None


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
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Result file on this computer",
            key="compare_file",
            placeholder="detections.json",
            help="Judged by the truth of the run at the left. The layouts of Result "
            "file.",
        )
        steps.hold("compare", "compare_labels", NUMBERS)
        labels = st.selectbox(
            "Numbers as labels (--labels)",
            list(NUMBERS),
            key="compare_labels",
            format_func=lambda kind: f"{kind}: {NUMBERS[kind]}",
            width=320,
            help="What numbers in place of names of classes are. A file with names "
            "needs none of it.",
        )
    if not text or not text.strip():
        return None
    return sources.beside(first, typed_path(text), labels)
