"""Plotly timeline: truth, detections and the score of one class over time."""

import plotly.graph_objects as go

from dbs_core.records import ClassList, Segments, VideoResult


def timeline_figure(
    result: VideoResult, label: int, classes: ClassList, colours: dict[int, str]
) -> go.Figure:
    """Draw truth above detections, a row a class, and the chosen class's score."""
    figure = go.Figure()
    if result.truth is not None:
        _add_spans(figure, result.truth.segments, "truth", classes, colours)
    _add_spans(figure, result.detections, "found", classes, colours)
    figure.add_scatter(
        x=result.frames.times_s,
        y=result.frames.probability[:, label],
        name=f"score of {classes.name_of(label)}",
        line={"color": colours.get(label), "width": 1.5, "shape": "hv"},
        yaxis="y2",
    )
    figure.update_layout(
        barmode="overlay",
        height=260,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=False,
        xaxis={"range": [0, result.info.duration_s], "title": {"text": "seconds"}},
        yaxis={"domain": [0.45, 1], "autorange": "reversed", "type": "category"},
        yaxis2={"domain": [0, 0.38], "range": [0, 1]},
    )
    return figure


def _add_spans(
    figure: go.Figure,
    segments: Segments,
    what: str,
    classes: ClassList,
    colours: dict[int, str],
) -> None:
    names = [classes.name_of(int(label)) for label in segments.labels]
    solid = what == "truth"
    figure.add_bar(
        orientation="h",
        base=segments.spans_s[:, 0],
        x=segments.spans_s[:, 1] - segments.spans_s[:, 0],
        y=[f"{name} · {what}" for name in names],
        marker={
            "color": [colours.get(int(label), "#888") for label in segments.labels],
            "opacity": 1.0 if solid else 0.6,
        },
        customdata=segments.scores,
        hovertemplate="%{base:.1f} s, %{x:.1f} s long, score %{customdata:.2f}"
        "<extra>%{y}</extra>",
    )
