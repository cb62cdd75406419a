"""Which run's classes are looked for in an own video."""

from collections.abc import Mapping

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
    sample = run_id(SAMPLE)
    run = runs[
        st.selectbox(
            "Look for the classes of",
            names,
            index=names.index(sample) if sample in names else 0,
            format_func=shown.__getitem__,
            key="own_base",
            persist_state="session",
        )
    ]
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
