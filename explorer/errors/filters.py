"""What the list of Errors shows: set by hand, or by a click on a chart."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import ERRORS
from dbs_core.evaluation.diagnosis.picked import Picked
from dbs_core.evaluation.diagnosis.stages import STAGES

KINDS, CLASSES, STAGE, MARK = "err_kinds", "err_classes", "err_stages", "err_mark"
SCORES, LENGTHS = "err_scores", "err_lengths"
LONG_S = 60.0
"""Where the slider of lengths ends; what is longer is in its last step."""


def take(pick: Mapping[str, Any]) -> None:
    """Let a click on a chart set the filters; what it does not say is free."""
    state = st.session_state
    state[KINDS] = [kind for kind in pick.get("kinds", ()) if kind in ERRORS]
    state[STAGE] = list(pick.get("stages", ()))
    state[MARK] = {
        name: pick[name] for name in ("step", "bin", "cell", "kinds") if name in pick
    }
    state[CLASSES] = list(pick.get("classes", ()))


def clear() -> None:
    """Show all errors again."""
    for key in (KINDS, CLASSES, STAGE, MARK, SCORES, LENGTHS):
        st.session_state.pop(key, None)


def show_filters(found: Diagnosis) -> Picked:
    """Draw the filters over the list and give what they say."""
    state = st.session_state
    names = found.judged.classes.names
    state[CLASSES] = [name for name in state.get(CLASSES, []) if name in names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.multiselect(
            "Kind", ERRORS, key=KINDS, placeholder="all errors", width=250
        )
        classes = st.multiselect(
            "Class", names, key=CLASSES, placeholder="all classes", width=250
        )
        stages: list[str] = []
        if found.stages is not None:
            stages = st.multiselect(
                "Lost at", STAGES[1:], key=STAGE, placeholder="all stages", width=200
            )
        scores = st.slider("Score", 0.0, 1.0, (0.0, 1.0), 0.05, key=SCORES, width=150)
        lengths = st.slider(
            "Length, s", 0.0, LONG_S, (0.0, LONG_S), 1.0, key=LENGTHS, width=150
        )
        st.button("Clear", key="err_clear", on_click=clear)
    mark = state.get(MARK) or {}
    return Picked(
        kinds=tuple(kinds) or tuple(mark.get("kinds", ())),
        classes=tuple(classes),
        stages=tuple(stages),
        step=mark.get("step"),
        bin=_known_bin(found, mark.get("bin")),
        cell=tuple(mark["cell"]) if "cell" in mark else None,
        score=None if scores == (0.0, 1.0) else scores,
        length_s=_limits(lengths),
    )


def _known_bin(found: Diagnosis, given: object) -> tuple[str, int] | None:
    if not isinstance(given, list | tuple) or given[0] not in found.characteristics:
        return None
    return str(given[0]), int(given[1])


def _limits(lengths: tuple[float, float]) -> tuple[float, float] | None:
    low, high = lengths
    if (low, high) == (0.0, LONG_S):
        return None
    return low, float("inf") if high == LONG_S else high


def in_words(picked: Picked) -> str:
    """Say what a click on a chart left in the filters, where no field shows it."""
    parts = []
    if picked.step is not None:
        parts.append(f"step {picked.step + 1}G of each class")
    if picked.bin is not None:
        parts.append(f"truths of {picked.bin[0]}, bin {picked.bin[1] + 1}")
    if picked.cell is not None:
        truth, found = (name or "background" for name in picked.cell)
        parts.append(f"{truth} found as {found}")
    return ", ".join(parts)
