"""Whose errors: the run at the left, or the file that Result file names."""

import streamlit as st

from dbs_core.evaluation.protocols.rules import RULES
from dbs_core.evaluation.result_file import rule_of
from explorer import sources
from explorer.result_file.form import named_path
from explorer.selection import steps
from explorer.selection.sidebar import Choice

OF_RUN, OF_FILE = "this run", "the result file"


def choose_source(
    choice: Choice | None, page: str = "errors", key: str = "err_source"
) -> str | None:
    """Offer the run and the file, as far as they are there."""
    named = bool(st.session_state.get("other_file")) and bool(
        st.session_state.get("other_truth")
    )
    options = [OF_RUN] * (choice is not None) + [OF_FILE] * named
    if not options:
        return None
    steps.hold(page, key, options)
    if len(options) < 2:
        return options[0]
    return st.segmented_control(
        "Errors of" if page == "errors" else "Of", options, required=True, key=key
    )


def read(source: str, choice: Choice | None) -> sources.Judgeable:
    """Read what is chosen.

    Raises:
        InputError: it cannot be read or judged.
    """
    if source == OF_RUN and choice is not None:
        return sources.run_set(choice.run, choice.split)
    state = st.session_state
    path, truth = (named_path(state[key]) for key in ("other_file", "other_truth"))
    rule = RULES.get(state.get("other_rule") or "") or rule_of(truth)
    return sources.file_set(path, truth, state.get("other_split") or None, rule)
