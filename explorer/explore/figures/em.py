"""Plotly replay of the EM: how the frames found their places, step by step."""

import numpy as np
import plotly.graph_objects as go

from dbs_core.method.backprojection.windows import coverage, outlines
from dbs_core.records import Placement, VideoResult
from explorer.explore.figures.grids import square

STEPS_SHOWN = 24  # a long trace is thinned out, so that the figure stays light


def shown_steps(steps: int) -> list[int]:
    """Choose the iterations to show: all, or evenly spaced ones with both ends."""
    count = min(steps, STEPS_SHOWN)
    return sorted({round(x) for x in np.linspace(0, steps - 1, count)}) if steps else []


def replay_figure(result: VideoResult, index: int) -> go.Figure:
    """Draw the coverage of the grid per iteration with play button and slider.

    The window of the chosen frame moves along; frames run in the browser.
    """
    placement, shown = result.placement, shown_steps(len(result.trace))
    maps = [coverage(result.trace[i], placement) for i in shown]
    top = float(np.percentile(np.stack(maps), 99.5)) if maps else 1.0
    pictures = [
        [_heat(values, top), _window(placement, result.trace[i, index])]
        for i, values in zip(shown, maps, strict=True)
    ]
    figure = go.Figure(
        data=pictures[-1] if pictures else [],
        frames=[
            go.Frame(data=picture, name=str(i + 1))
            for i, picture in zip(shown, pictures, strict=True)
        ],
    )
    square(figure, placement.grid, height=400)
    figure.update_layout(
        sliders=[_slider(shown)], updatemenus=[_play()], margin={"b": 70}
    )
    return figure


def _heat(values: np.ndarray, top: float) -> go.Heatmap:
    return go.Heatmap(
        z=np.where(values > 0, values, np.nan),
        zmin=0,
        zmax=top,
        colorbar={"thickness": 8, "title": {"text": "frames"}},
        hovertemplate="row %{y}, column %{x}<br>%{z:.0f} frames<extra></extra>",
    )


def _window(placement: Placement, origin: np.ndarray) -> go.Scatter:
    """One line around every piece of a window, broken by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    place = int(origin[0]), int(origin[1])
    for r, c, h, w in outlines(place, placement.window, placement.grid):
        left, top, right, bottom = c - 0.5, r - 0.5, c + w - 0.5, r + h - 0.5
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    line = {"color": "#FFFFFF", "width": 3}
    return go.Scatter(
        x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False
    )


def _slider(shown: list[int]) -> dict[str, object]:
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


def likelihood_figure(result: VideoResult) -> go.Figure:
    """Draw the log-likelihood per iteration: it must never fall."""
    values = result.log_likelihood
    figure = go.Figure(
        go.Scatter(
            x=np.arange(1, len(values) + 1),
            y=values,
            mode="lines+markers",
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
