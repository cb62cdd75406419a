"""Plotly: Eq. 6 against Eq. 7 over time, and how sharp the posterior is (Figure 3)."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dbs_core.evaluation.projections import Sharpness
from dbs_core.pictures.projection_curves import Curve


def projection_figure(
    curves: Sequence[Curve], label: int, duration_s: float
) -> go.Figure:
    """Draw a class's score per frame by both equations; control's and head's if any."""
    figure = go.Figure()
    for one in curves:
        figure.add_scatter(
            x=one.scores.times_s,
            y=one.scores.probability[:, label],
            name=one.name,
            line={"width": 1.8, "dash": one.dash, "color": one.colour},
            hovertemplate="%{x:.1f} s: %{y:.3f}<extra>" + one.name + "</extra>",
        )
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "seconds"}, "range": [0, duration_s]},
        yaxis={"title": {"text": "score"}, "range": [0, 1]},
        legend={"orientation": "h", "y": 1.15},
        hovermode="x unified",
    )
    return figure


def sharpness_figure(found: Sharpness, colour: str) -> go.Figure:
    """Draw Figure 3 for this video: the largest posterior weight of each sample."""
    figure = go.Figure(
        go.Bar(
            x=found.middles,
            y=found.counts,
            width=0.046,
            marker={"color": colour},
            hovertemplate="max q %{x:.2f}: %{y} samples<extra></extra>",
        )
    )
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "largest posterior of a sample"}, "range": [0, 1]},
        yaxis={"title": {"text": "samples"}, "type": "log"},
    )
    return figure
