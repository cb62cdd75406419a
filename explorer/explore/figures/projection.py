"""Plotly: Eq. 6 against Eq. 7 over time, and how sharp the posterior is (Figure 3)."""

import plotly.graph_objects as go

from dbs_core.evaluation.projections import Projections, Sharpness
from dbs_core.records import FrameScores


def projection_figure(
    both: Projections,
    label: int,
    control: FrameScores | None,
    sharpened: FrameScores | None = None,
) -> go.Figure:
    """Draw a class's score per frame by both equations; control's and head's if any."""
    figure = go.Figure()
    curves = [("Eq. 7 (argmax)", both.hard, None), ("Eq. 6 (soft)", both.soft, "dot")]
    if control is not None:
        curves.append(("control, no imprint", control, "dash"))
    if sharpened is not None:
        curves.append(("with temporal head", sharpened, "dashdot"))
    for name, scores, dash in curves:
        figure.add_scatter(
            x=scores.times_s,
            y=scores.probability[:, label],
            name=name,
            line={"width": 1.6, "dash": dash},
            hovertemplate="%{x:.1f} s: %{y:.3f}<extra>" + name + "</extra>",
        )
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "seconds"}, "range": [0, both.hard.duration_s]},
        yaxis={"title": {"text": "score"}, "range": [0, 1]},
        legend={"orientation": "h", "y": 1.15},
        hovermode="x unified",
    )
    return figure


def sharpness_figure(found: Sharpness) -> go.Figure:
    """Draw Figure 3 for this video: the largest posterior weight of each frame."""
    figure = go.Figure(
        go.Bar(
            x=found.middles,
            y=found.counts,
            width=0.046,
            hovertemplate="max q %{x:.2f}: %{y} frames<extra></extra>",
        )
    )
    figure.update_layout(
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "largest posterior of a frame"}, "range": [0, 1]},
        yaxis={"title": {"text": "frames"}, "type": "log"},
    )
    return figure
