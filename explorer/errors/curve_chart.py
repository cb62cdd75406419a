"""Precision against recall of one class; a point stands for the detections up to it."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from dbs_core.evaluation.diagnosis.curve import CurvePoint
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.pictures.palette import Palette
from explorer.selection import steps

CURVE_CHART = "PR curve"
CLASS = "err_curve"
INTERPOLATED: dict[Interpolation, str] = {
    "none": "Precision as it is, AP its mean over all truths.",
    "11-point": "Precision as it is.",
    "envelope": "Precision: the highest from there on, AP its mean over all truths.",
}


def choose_class(names: Sequence[str]) -> str:
    """Let the user choose whose curve it is; at first the class of lowest AP."""
    steps.hold("errors", CLASS, names)
    chosen = st.selectbox(
        "Curve of",
        names,
        index=None,
        key=CLASS,
        placeholder=f"{names[0]} (lowest AP)",
        width=260,
    )
    return chosen or names[0]


def curve_chart(points: Sequence[CurvePoint], name: str, colours: Palette) -> go.Figure:
    """Draw a mark for each hit; a click lists all that was detected up to there."""
    figure = go.Figure(
        go.Scatter(
            x=[100 * one.recall for one in points],
            y=[100 * one.precision for one in points],
            mode="lines+markers",
            line={"color": colours.primary, "shape": "hv"},
            marker={"size": 7},
            customdata=[
                [_from_score(name, one.score), one.score, one.right, one.false]
                for one in points
            ],
            hovertemplate="from score %{customdata[1]:.3f}: %{customdata[2]} right, "
            "%{customdata[3]} false<br>recall %{x:.1f} %, precision %{y:.1f} %"
            "<extra></extra>",
        )
    )
    return figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "recall, %"}, "range": [0, 102]},
        yaxis={"title": {"text": "precision, %"}, "range": [0, 105]},
        clickmode="event+select",
    )


def _from_score(name: str, score: float) -> dict[str, object]:
    return {
        "kinds": ["true", *FALSE_KINDS],
        "classes": [name],
        "score": [score, None],
    }


def curve_rows(points: Sequence[CurvePoint]) -> list[dict[str, object]]:
    """Give the points as a table."""
    return [
        {
            "from score": one.score,
            "recall, %": 100 * one.recall,
            "precision, %": 100 * one.precision,
            "right": one.right,
            "false": one.false,
        }
        for one in points
    ]
