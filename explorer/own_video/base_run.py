"""Which run's classes are looked for in an own video."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from dbs_core.runs.names import run_names
from dbs_core.runs.places import SAMPLE, run_id
from dbs_core.runs.provenance import data_of
from dbs_core.runs.run import Run, is_fusion
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from explorer import sources
from explorer.elements.escaping import escape

SHOWN = 24
FOLLOWED = "own_base_of"


def base_runs() -> Mapping[str, Run]:
    """Give the runs that can look at new videos: those with a model of their own."""
    found: dict[str, Run] = {}
    for name, root in sources.runs().items():
        try:
            run = sources.open_run(root)
        except InputError:
            continue
        if run.info.kind != "video" and run.model_path.is_file() and not is_fusion(run):
            found[name] = run
    return found


def choose_base(runs: Mapping[str, Run]) -> Run:
    """Let the user choose; says what the choice means."""
    names = list(runs)
    shown = run_names(sources.runs())
    left_out = follow_sidebar(names)
    run = runs[
        st.selectbox(
            "Look for the classes of",
            names,
            format_func=shown.__getitem__,
            key="own_base",
            persist_state="session",
        )
    ]
    if left_out:
        st.caption(
            f":material/info: The run at the left, {escape(shown[left_out])}, has no "
            "model of its own that could look at new videos."
        )
    names = [escape(name) for name in run.info.classes.names]
    listed = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    st.caption(
        f"{many(len(names), 'class')}: {listed}. Nothing else can be found. "
        f"Learnt from: {escape(data_of(run.info))}."
    )
    if run.info.kind == "sample":
        st.caption(
            ":material/science: This model has seen rendered scenes only. On filmed "
            "video it shows how the method works, not how well. Choose another run "
            "here once you have trained one."
        )
    return run


def follow_sidebar(names: Sequence[str]) -> str | None:
    """Take the run of the sidebar when another is chosen there, as `own_base`.

    Gives the sidebar's run where it cannot look at videos.
    """
    at_left = st.session_state.get("run")
    base = _learnt_from(at_left) if at_left in sources.runs() else None
    usable = base if base in names else None
    if st.session_state.get(FOLLOWED) != at_left or (
        st.session_state.get("own_base") not in names
    ):
        sample = run_id(SAMPLE)
        first = sample if sample in names else names[0]
        st.session_state["own_base"] = usable or first
        st.session_state[FOLLOWED] = at_left
    return at_left if base is not None and usable is None else None


def _learnt_from(run: str) -> str | None:
    """Give the run whose model a run has: for own videos that of their base."""
    try:
        info = sources.open_run(sources.runs()[run]).info
    except InputError:
        return None
    return run_id(Path(info.dataset)) if info.kind == "video" else run
