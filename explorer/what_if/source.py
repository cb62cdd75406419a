"""What knobs are turned on: the run or the file, alone or fused, or its ceiling."""

import streamlit as st

from dbs_core.runs.names import run_names
from explorer import sources
from explorer.elements.glossary import tip
from explorer.errors.source import OF_FILE, choose_source, read
from explorer.selection import steps
from explorer.selection.second_run import hold_second
from explorer.selection.sidebar import Choice

DETECTIONS, CEILING = "its detections", "its ceiling"


def choose(choice: Choice | None) -> str | None:
    """Offer the run and the file; None where there is neither."""
    return choose_source(choice, "what_if", "wi_source")


def turnable(source: str, choice: Choice | None) -> sources.Turnable:
    """Read what is chosen, and offer what else a run can be asked for.

    Raises:
        InputError: it cannot be read, judged or fused.
    """
    if source == OF_FILE or choice is None:
        return sources.turnable_file(read(source, choice))
    one = sources.turnable_run(choice.run, choice.split)
    steps.hold("what_if", "wi_of", (DETECTIONS, CEILING))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.segmented_control(
            "Ask for",
            (DETECTIONS, CEILING),
            required=True,
            key="wi_of",
            help=tip("ceiling"),
        )
        second = _choose_second(choice) if asked == DETECTIONS else None
    if asked == CEILING:
        return sources.ceiling_of(one)
    if second is None:
        return one
    other = sources.open_run(sources.runs()[second])
    return sources.fused_with(one, sources.turnable_run(other, choice.split))


def _choose_second(choice: Choice) -> str | None:
    runs = sources.runs()
    names = run_names(runs)
    options = [name for name in runs if name != choice.run_id]
    hold_second("what_if", "wi_with", [None, *options], runs)
    if not options:
        return None
    return st.selectbox(
        "Fused with",
        options,
        index=None,
        format_func=names.__getitem__,
        key="wi_with",
        placeholder="No second run",
        width=260,
    )
