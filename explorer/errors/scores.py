"""The figures above the errors: mAP with its interval, AP of each class, the rules."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.judge import Judging
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.pictures.palette import Palette
from dbs_core.runtime.amounts import many
from explorer.elements.escaping import escape
from explorer.elements.glossary import tip
from explorer.explore.figures.grids import plain
from explorer.selection.judging_bar import scores_from
from explorer.sources import Diagnosed


def show_scores(whole: Diagnosed, interval: Interval, how: Judging) -> None:
    """Draw the table of mAP and, folded, the rules."""
    found, figures = whole.found, whole.figures
    name = threshold_name(how.tiou)
    low, high = (100 * float(bound[0]) for bound in (interval.low, interval.high))
    truths, missed = figures["truths"], figures["missed"][name]
    st.markdown(
        f"**mAP@{name} {figures['map'][name]:.1f} %**{scores_from(how)} (95 % of "
        f"draws of videos: {low:.1f} to {high:.1f}) · "
        f"{many(figures['detections'], 'detection')}, "
        f"{many(truths, 'truth')}, {missed} missed · without any false detection: "
        f"{figures['ceiling'][name]:.1f} %",
        help=tip("mAP", "AP", "tIoU", "truth"),
    )
    names = [threshold_name(t) for t in found.marks.tiou]
    row = {"tIoU": "mAP, %"} | {one: figures["map"][one] for one in names}
    row |= {"average": figures["map"]["average"]}
    st.dataframe(
        [row],
        height=68,  # one row: what comes late takes no other room
        hide_index=True,
        column_config={
            one: st.column_config.NumberColumn(one, format="%.1f", width=70)
            for one in row
            if one != "tIoU"
        },
        alt="mAP at each tIoU",
    )
    with st.expander("By which rules"):
        for rule in found.rules:
            st.markdown(f"- {escape(rule)}")
        for note in found.judged.counted.lines():
            st.markdown(f"- {escape(note)}")


def worst_first(found: Diagnosis, figures: Mapping[str, Any], tiou: str) -> list[str]:
    """Name the classes that have truth, the lowest AP first."""
    positives, ap = figures["positives"], figures["per_class"]
    known = [name for name in found.judged.classes.names if positives[name]]
    return sorted(known, key=lambda name: ap[name][tiou] or 0.0)


def class_chart(
    found: Diagnosis, figures: Mapping[str, Any], tiou: str, colours: Palette
) -> go.Figure:
    """Draw the AP of each class that has truth, the worst first."""
    positives, known = figures["positives"], worst_first(found, figures, tiou)
    figure = go.Figure(
        go.Bar(
            x=[plain(name) for name in known],
            y=[figures["per_class"][name][tiou] for name in known],
            marker={"color": colours.primary},
            text=[str(positives[name]) for name in known],
            customdata=[[{"classes": [name]}, positives[name]] for name in known],
            hovertemplate="%{x}: AP %{y:.1f} %, %{customdata[1]} truths<extra></extra>",
        )
    )
    return figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        yaxis={"title": {"text": "AP, %"}, "range": [0, 100]},
        clickmode="event+select",
    )
