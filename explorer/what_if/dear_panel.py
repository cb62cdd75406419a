"""The dear knobs as a form draws them: asked for together, and then in the address."""

from collections.abc import Mapping

import streamlit as st

from dbs_core.evaluation.what_if.dear_knobs import DEAR
from dbs_core.evaluation.what_if.knob import Value
from dbs_core.evaluation.what_if.knob_values import as_text, read_values, written
from dbs_core.runtime.errors import InputError
from explorer.elements.errors import show_error

ANEW, DRAWN = "anew", "anew_drawn"


def is_asked() -> bool:
    """Say whether another training is asked for."""
    return bool(st.session_state.get(ANEW))


def read_dear() -> dict[str, Value]:
    """Read what is asked for out of the session; what is none is not asked for."""
    try:
        return read_values(st.session_state.get(ANEW) or "", DEAR)
    except InputError:
        return {}


def show_dear(of: str, stand: Mapping[str, Value]) -> None:
    """Draw the knobs as they are asked for, else where they stand.

    Args:
        of: the run.
        stand: where its knobs stand.
    """
    _set(of, stand)
    for place, knob in zip(st.columns(len(DEAR)), DEAR.values(), strict=True):
        key = f"anew_{knob.name}_{of}"
        if knob.choices:
            place.selectbox(knob.label, knob.choices, key=key, help=knob.words)
            continue
        # A run may have been trained with what no knob goes to.
        ends = knob.low, knob.high, stand[knob.name]
        low, high = (int(float(end(ends))) for end in (min, max))
        place.number_input(
            knob.label, low, high, step=int(knob.step), key=key, help=knob.words
        )


def _set(of: str, stand: Mapping[str, Value]) -> None:
    """Set the knobs, once for each new thing that is asked for."""
    state = st.session_state
    said = of, state.get(ANEW) or ""
    if state.get(DRAWN) == said and all(f"anew_{name}_{of}" in state for name in DEAR):
        return
    state[DRAWN] = said
    try:
        values = read_values(said[1], DEAR)
    except InputError as error:
        show_error(error)
        values = {}
    for name, knob in DEAR.items():
        value = values.get(name, stand[name])
        state[f"anew_{name}_{of}"] = int(float(value)) if knob.whole else value


def take_dear(of: str, stand: Mapping[str, Value]) -> None:
    """Take over what is asked for; where it stood it is not."""
    state = st.session_state
    asked = {}
    for name, knob in DEAR.items():
        text = str(state[f"anew_{name}_{of}"])
        if text != as_text(stand[name]):
            asked[name] = knob.read(text)
    state[ANEW] = written(asked, DEAR)
    state[DRAWN] = of, state[ANEW]
