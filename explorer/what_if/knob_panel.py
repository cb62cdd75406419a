"""The knobs, group by group: where each stands, what it means, why it is closed."""

from collections.abc import Sequence

import streamlit as st

from dbs_core.evaluation.what_if.knob import Knob, Value
from dbs_core.evaluation.what_if.knob_values import (
    Values,
    as_text,
    read_values,
    written,
)
from dbs_core.evaluation.what_if.knobs import KNOBS, NAMED
from dbs_core.evaluation.what_if.subject import Subject
from dbs_core.runtime.errors import InputError
from explorer.elements.errors import show_error

SET, PROBLEM = "set", "wi_problem"


def read_set() -> dict[str, Value]:
    """Read what is turned out of the session; what is none is said, and not turned."""
    try:
        return read_values(st.session_state.get(SET) or "")
    except InputError as error:
        show_error(error)
        return {}


def split_closed(
    subject: Subject, values: Values
) -> tuple[dict[str, Value], dict[str, str]]:
    """Tell knobs that can be turned here from those that cannot, with the reason."""
    why = {name: subject.closed(NAMED[name], values) for name in values}
    return (
        {name: value for name, value in values.items() if not why[name]},
        {name: reason for name, reason in why.items() if reason},
    )


def show_knobs(subject: Subject, values: Values) -> None:
    """Draw all knobs where they stand."""
    if problem := st.session_state.pop(PROBLEM, None):
        show_error(problem)
    st.button(
        "Reset all",
        key="wi_reset",
        icon=":material/restart_alt:",
        on_click=_reset,
        disabled=not st.session_state.get(SET),
        width="stretch",
    )
    groups: dict[str, list[Knob]] = {}
    for knob in KNOBS:
        groups.setdefault(knob.group, []).append(knob)
    for number, (group, knobs) in enumerate(groups.items()):
        why = {knob.name: subject.closed(knob, values) for knob in knobs}
        closed = all(why.values())
        with st.expander(group, expanded=not closed, key=f"wi_group_{number}_{closed}"):
            for knob in knobs:
                if not why[knob.name]:
                    _show(knob, subject.value(knob, values), values)
            _reasons(knobs, why)


def _reasons(knobs: Sequence[Knob], why: Values) -> None:
    """Say once why knobs of a group are closed."""
    for reason in dict.fromkeys(why[knob.name] for knob in knobs if why[knob.name]):
        names = [knob.label for knob in knobs if why[knob.name] == reason]
        st.caption(f":material/lock: {', '.join(names)}: {reason}.")


def _show(knob: Knob, stands: Value, values: Values) -> None:
    """Draw one knob; of one that is turned, where it was."""
    key, label = f"knob_{knob.name}", knob.label
    if knob.name in values:
        label = f"**{label}**, was {as_text(stands)}"
    st.session_state[key] = values.get(knob.name, stands)
    more = {
        "key": key,
        "help": knob.words,
        "on_change": _take,
        "args": (knob.name, stands),
    }
    if knob.choices:
        st.segmented_control(label, knob.choices, required=True, **more)
        return
    if knob.listed:
        st.text_input(label, **more)
        return
    # A file's scores, or a run's settings, may lie where the knob does not go.
    low, high = min(knob.low, float(stands)), max(knob.high, float(stands))
    if knob.high <= 1:
        st.slider(label, low, high, step=0.01, **more)
    else:
        st.number_input(label, low, high, step=knob.step, format="%g", **more)


def _take(name: str, stands: Value) -> None:
    """Take a knob's new place; where it stood it is not turned."""
    state = st.session_state
    try:
        new = NAMED[name].read(as_text(state[f"knob_{name}"]))
    except InputError as error:
        state[PROBLEM] = error
        return
    try:
        values = read_values(state.get(SET) or "")
    except InputError:
        values = {}  # a link's, said before and not turned: nothing to keep
    values.pop(name, None)
    if new != stands:
        values[name] = new
    state[SET] = written(values)


def _reset() -> None:
    st.session_state[SET] = ""
