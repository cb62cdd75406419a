"""Plotly view of proposals, refined candidates and what suppression left of them."""

import numpy as np
import plotly.graph_objects as go

from dbs_core.pictures.palette import Palette
from dbs_core.records import ClassList, VideoResult
from explorer.explore.figures.grids import plain

SHOWN = 400  # bars of one kind; the strongest are kept


def candidates_figure(
    result: VideoResult, label: int, classes: ClassList, colours: Palette
) -> go.Figure:
    """Draw proposals, then the class's candidates: kept, and removed by which."""
    figure = go.Figure()
    _bars(figure, *_proposals(result), "#8A94A0", "proposals")
    table, kept = result.candidates, result.candidates.suppressed_by < 0
    of_class = table.segments.labels == label
    order = np.argsort(-table.segments.scores, kind="stable")
    for chosen, colour, name in (
        (of_class & ~kept, colours.wrong, "removed"),
        (of_class & kept, colours.right, "kept"),
    ):
        picked = [int(i) for i in order if chosen[i]][:SHOWN]
        spans = table.segments.spans_s[picked]
        text = [_story(result, i, classes) for i in picked]
        _bars(figure, spans, text, colour, name)
    figure.update_layout(
        barmode="overlay",
        bargap=0.25,
        height=200,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        xaxis={"range": [0, result.info.duration_s], "title": {"text": "seconds"}},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def _proposals(result: VideoResult) -> tuple[np.ndarray, list[str]]:
    order = np.argsort(-result.proposals.scores, kind="stable")[:SHOWN]
    spans = result.proposals.spans_s[order]
    grew = {int(p) for p in result.candidates.proposal}
    end = {True: "became a candidate", False: "background won"}
    return spans, [f"proposal {i}: {end[int(i) in grew]}" for i in order]


def _story(result: VideoResult, number: int, classes: ClassList) -> str:
    table = result.candidates
    name = plain(classes.name_of(int(table.segments.labels[number])))
    by = int(table.suppressed_by[number])
    end = "kept" if by < 0 else f"removed by candidate {by}"
    return (
        f"candidate {number}: {name} {table.segments.scores[number]:.2f}, "
        f"from proposal {int(table.proposal[number])}, {end}"
    )


def _bars(
    figure: go.Figure, spans: np.ndarray, text: list[str], colour: str, row: str
) -> None:
    if not len(spans):
        spans, text = np.zeros((1, 2)), [""]  # keeps the row's place
    figure.add_bar(
        orientation="h",
        base=spans[:, 0],
        x=spans[:, 1] - spans[:, 0],
        y=[row] * len(spans),
        marker={
            "color": colour,
            "opacity": 0.35 if len(spans) > 3 else 0.8,
            "line": {"color": colour, "width": 1},
        },
        text=text,
        textposition="none",
        hovertemplate="%{text}<br>%{base:.1f} s, %{x:.1f} s long<extra></extra>",
    )
