"""Plotly replay of the EM: how the samples found their cells, step by step."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dbs_core.method.backprojection.windows import outlines
from dbs_core.pictures.em_replay import replay
from dbs_core.pictures.layers import CellMap
from dbs_core.records import Placement, VideoResult
from explorer.explore.figures.grids import square


def replay_figure(result: VideoResult, index: int, colour: str) -> go.Figure:
    """Draw the coverage of the grid per iteration with play button and slider.

    The window of the chosen sample moves along; frames run in the browser.
    """
    placement, found = result.placement, replay(result, index)
    pictures = [
        [_heat(values, found.top), _window(placement, origin, colour)]
        for values, origin in zip(found.maps, found.origins, strict=True)
    ]
    figure = go.Figure(
        data=pictures[-1] if pictures else [],
        frames=[
            go.Frame(data=picture, name=str(i + 1))
            for i, picture in zip(found.steps, pictures, strict=True)
        ],
    )
    square(figure, placement.grid, height=400)
    figure.update_layout(
        sliders=[_slider(found.steps)], updatemenus=[_play()], margin={"b": 70}
    )
    return figure


def _heat(values: CellMap, top: float) -> go.Heatmap:
    return go.Heatmap(
        z=values,
        zmin=0,
        zmax=top,
        colorbar={"thickness": 8, "title": {"text": "samples"}},
        hovertemplate="cell %{y}, %{x}<br>%{z:.0f} samples<extra></extra>",
    )


def _window(placement: Placement, origin: tuple[int, int], colour: str) -> go.Scatter:
    """One line around every piece of a window, broken by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for r, c, h, w in outlines(origin, placement.window, placement.grid):
        left, top, right, bottom = c - 0.5, r - 0.5, c + w - 0.5, r + h - 0.5
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    line = {"color": colour, "width": 3}
    return go.Scatter(
        x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False
    )


def _slider(shown: Sequence[int]) -> dict[str, object]:
    quick = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}}
    steps = [
        {"label": str(i + 1), "method": "animate", "args": [[str(i + 1)], quick]}
        for i in shown
    ]
    return {
        "active": len(shown) - 1,
        "currentvalue": {"prefix": "iteration "},
        "steps": steps,
        "x": 0.16,
        "len": 0.84,
        "pad": {"t": 4},
    }


def _play() -> dict[str, object]:
    motion = {
        "frame": {"duration": 600, "redraw": True},
        "transition": {"duration": 0},
        "fromcurrent": False,
        "mode": "immediate",
    }
    button = {"label": "▶ play", "method": "animate", "args": [None, motion]}
    return {
        "type": "buttons",
        "buttons": [button],
        "x": 0.0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 22},
        "showactive": False,
    }


def likelihood_figure(result: VideoResult, colour: str) -> go.Figure:
    """Draw the log-likelihood per iteration: it must never fall."""
    values = result.log_likelihood
    figure = go.Figure(
        go.Scatter(
            x=list(range(1, len(values) + 1)),
            y=values,
            mode="lines+markers",
            line={"color": colour},
            hovertemplate="iteration %{x}: %{y:.5g}<extra></extra>",
        )
    )
    figure.update_layout(
        height=260,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"title": {"text": "iteration"}, "dtick": max(1, len(values) // 10)},
        yaxis={"title": {"text": "log-likelihood"}},
    )
    return figure
