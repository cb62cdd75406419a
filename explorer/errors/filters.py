"""What the list of Errors shows: set by hand, or by a click on a chart.

One word in the session, and in the address, holds all filters; the fields are drawn
from it, and a change of theirs is written into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.error_table import ERRORS
from dbs_core.evaluation.diagnosis.picked import Picked
from dbs_core.evaluation.diagnosis.stages import STAGES
from explorer.errors.filter_text import from_text, to_text

WORD = "pick"
KINDS, CLASSES, STAGE = "err_kinds", "err_classes", "err_stages"
SCORES, LENGTHS = "err_scores", "err_lengths"
LONG_S = 60.0
"""Where the slider of lengths ends; what is longer is in its last step."""
INFINITE = float("inf")


def take(pick: Mapping[str, Any]) -> None:
    """Let a click on a chart set the filters; what it does not say is free."""
    lists = {name: tuple(pick.get(name, ())) for name in ("kinds", "classes", "stages")}
    bin_, cell, scores = pick.get("bin"), pick.get("cell"), pick.get("score")
    _write(
        Picked(
            **lists,
            step=pick.get("step"),
            bin=(str(bin_[0]), int(bin_[1])) if bin_ else None,
            cell=(str(cell[0]), str(cell[1])) if cell else None,
            score=_range(scores) if scores else None,
        )
    )


def _range(scores: Sequence[float | None]) -> tuple[float, float]:
    """Give lowest and highest score; no highest, and 1, are no limit."""
    least, most = scores
    return float(least or 0), INFINITE if most is None or most >= 1 else float(most)


def clear() -> None:
    """Show all errors again."""
    _write(Picked())


def _write(picked: Picked) -> None:
    st.session_state[WORD] = to_text(picked) or None


def _changed() -> None:
    """Take over what the fields say; what only a click says stays."""
    state = st.session_state
    scores, lengths = state[SCORES], state[LENGTHS]
    (least, most), (low, high) = scores, lengths
    _write(
        replace(
            from_text(state.get(WORD) or ""),
            kinds=tuple(state[KINDS]),
            classes=tuple(state[CLASSES]),
            stages=tuple(state.get(STAGE, ())),
            score=None
            if scores == (0.0, 1.0)
            else (least, INFINITE if most == 1.0 else most),
            length_s=None
            if lengths == (0.0, LONG_S)
            else (low, INFINITE if high == LONG_S else high),
        )
    )


def show_filters(found: Diagnosis) -> Picked:
    """Draw the filters over the list and give what they say."""
    names = found.judged.classes.names
    picked = _known(found, from_text(st.session_state.get(WORD) or ""))
    state = st.session_state
    state[KINDS] = [kind for kind in picked.kinds if kind in ERRORS]
    state[CLASSES] = list(picked.classes)
    least, most = picked.score or (0.0, 1.0)
    state[SCORES] = (min(least, 1.0), min(most, 1.0))
    low, high = picked.length_s or (0.0, LONG_S)
    state[LENGTHS] = (min(low, LONG_S), min(high, LONG_S))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Kind",
            ERRORS,
            key=KINDS,
            placeholder="all errors",
            width=230,
            on_change=_changed,
        )
        st.multiselect(
            "Class",
            names,
            key=CLASSES,
            placeholder="all classes",
            width=230,
            on_change=_changed,
        )
        if found.stages is not None:
            state[STAGE] = list(picked.stages)
            st.multiselect(
                "Lost at",
                STAGES[1:],
                key=STAGE,
                placeholder="all stages",
                width=190,
                on_change=_changed,
            )
        st.slider(
            "Score", 0.0, 1.0, step=0.05, key=SCORES, width=140, on_change=_changed
        )
        st.slider(
            "Length, s",
            0.0,
            LONG_S,
            step=1.0,
            key=LENGTHS,
            width=140,
            on_change=_changed,
        )
        st.button("Clear", key="err_clear", on_click=clear)
    return picked


def _known(found: Diagnosis, picked: Picked) -> Picked:
    """Drop what this set does not have: a link may be of another."""
    names = found.judged.classes.names
    sort = picked.bin and found.characteristics.get(picked.bin[0])
    cell = picked.cell
    return replace(
        picked,
        classes=tuple(name for name in picked.classes if name in names),
        stages=tuple(
            name
            for name in picked.stages
            if name in STAGES and found.stages is not None
        ),
        bin=picked.bin if sort and picked.bin[1] < len(sort.labels) else None,
        cell=cell if cell and all(name in ("", *names) for name in cell) else None,
    )


def in_words(picked: Picked) -> str:
    """Say what a click on a chart left in the filters, where no field shows it."""
    parts = [kind for kind in picked.kinds if kind not in ERRORS]
    if picked.step is not None:
        parts.append(f"step {picked.step + 1}G of each class")
    if picked.bin is not None:
        parts.append(f"truths of {picked.bin[0]}, bin {picked.bin[1] + 1}")
    if picked.cell is not None:
        truth, found = (name or "background" for name in picked.cell)
        parts.append(f"{truth} found as {found}")
    return ", ".join(parts)
