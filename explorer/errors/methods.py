"""The run's figures beside those of its control and its ceilings."""

import shlex

import streamlit as st

from dbs_core.evaluation.rows import NAMES
from dbs_core.runs.kept_figures import kept_figures
from explorer.elements.escaping import escape
from explorer.elements.glossary import tip
from explorer.selection.sidebar import Choice


def show_methods(choice: Choice) -> None:
    """Draw the table, or say which command makes it."""
    run = choice.run
    kept = kept_figures(run, choice.split)
    command = f"python -m dbs_core evaluate --run {shlex.quote(str(run.root))}"
    command += f" --split {shlex.quote(choice.split)} --control --ceilings"
    with st.expander("Per frame, and beside control and ceilings", expanded=False):
        if not kept.rows or not kept.fresh:
            st.markdown(
                "Not computed for these results yet."
                if kept.fresh
                else "The figures that were computed are of other results than these."
            )
            st.code(command, language="bash")
            return
        st.dataframe(
            [
                {"": NAMES[row.name], "per frame": row.frame_map}
                | {f"{tiou:g}": value for tiou, value in row.detection_map.items()}
                for row in kept.rows
            ],
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="%.1f", width=70)
                for name in (
                    "per frame",
                    *(f"{tiou:g}" for tiou in kept.rows[0].detection_map),
                )
            },
            alt="mAP of the run, its control and its ceilings",
        )
        st.caption(escape(kept.over))
        st.caption(
            "mAP, %: per frame, and of detections at each tIoU, all scores. Perfect "
            "labels: what the path makes of the annotation itself.",
            help=tip("control", "ceiling", "head", "mAP"),
        )
        if len(kept.rows) < len(NAMES):
            st.caption(f"More rows: `{command}`")
