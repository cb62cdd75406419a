"""Plotly pictures of the imprint grid: one number a cell, windows over it."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dbs_core.method.backprojection.windows import outlines
from dbs_core.pictures.layers import CellMap, occupied_map
from dbs_core.pictures.palette import Palette
from dbs_core.records import Placement


def posterior_figure(
    places: Sequence[Mapping[str, object]], placement: Placement, colours: Palette
) -> go.Figure:
    """Draw the cells of a sample as marks larger than a cell, the likely on top."""
    order = list(reversed(places))
    marks = go.Scatter(
        x=[place["column"] for place in order],
        y=[place["row"] for place in order],
        customdata=[place["weight"] for place in order],
        mode="markers",
        marker={
            "color": [place["weight"] for place in order],
            "cmin": 0,
            "cmax": 1,
            "colorscale": list(colours.sequential),
            "colorbar": {"thickness": 8, "len": 0.9, "title": {"text": "weight"}},
            "symbol": "square",
            "size": 13,
            "line": {"color": colours.text, "width": 1.5},
        },
        hovertemplate="cell %{y}, %{x}<br>weight %{customdata:.3g}<extra></extra>",
    )
    figure = square(go.Figure(marks), placement.grid)
    return add_ground(figure, placement, colours.border)


def maps_figure(
    rows: Sequence[tuple[str, Sequence[CellMap]]],
    titles: Sequence[str],
) -> go.Figure:
    """Draw rows of maps with one colour scale from 0 to 1, a title over each column."""
    figure = make_subplots(
        rows=len(rows),
        cols=len(titles),
        column_titles=[plain(title) for title in titles],
        row_titles=[name for name, _ in rows],
        horizontal_spacing=0.012,
        vertical_spacing=0.03,
    )
    for r, (name, maps) in enumerate(rows, start=1):
        for c, values in enumerate(maps, start=1):
            heat = go.Heatmap(
                z=values,
                coloraxis="coloraxis",
                hovertemplate=f"cell %{{y}}, %{{x}}<br>{name} %{{z:.2f}}"
                "<extra></extra>",
            )
            figure.add_trace(heat, row=r, col=c)
    figure.update_layout(
        coloraxis={"cmin": 0, "cmax": 1, "colorbar": {"thickness": 8}},
        height=40 + 210 * len(rows),
        margin={"l": 4, "r": 4, "t": 28, "b": 4},
    )
    return _hide_axes(figure)


def add_ground(figure: go.Figure, placement: Placement, colour: str) -> go.Figure:
    """Put the cells that hold frames under a map, in one quiet colour."""
    ground = go.Heatmap(
        z=occupied_map(placement),
        colorscale=[[0, colour], [1, colour]],
        showscale=False,
        hoverinfo="skip",
    )
    figure.add_trace(ground)
    figure.data = (figure.data[-1], *figure.data[:-1])
    return figure


def add_window(
    figure: go.Figure, placement: Placement, origin: Sequence[int], colour: str
) -> go.Figure:
    """Outline a window, in pieces where it wraps around."""
    place = int(origin[0]), int(origin[1])
    for r, c, h, w in outlines(place, placement.window, placement.grid):
        figure.add_shape(
            type="rect",
            x0=c - 0.5,
            x1=c + w - 0.5,
            y0=r - 0.5,
            y1=r + h - 0.5,
            line={"color": colour, "width": 2},
        )
    return figure


def square(figure: go.Figure, grid: tuple[int, int], height: int = 330) -> go.Figure:
    """Give a figure the grid's axes: rows downwards, square cells, no ticks."""
    figure.update_layout(margin={"l": 4, "r": 4, "t": 8, "b": 4}, height=height)
    figure.update_xaxes(range=[-0.5, grid[1] - 0.5])
    figure.update_yaxes(range=[grid[0] - 0.5, -0.5])
    return _hide_axes(figure)


def _hide_axes(figure: go.Figure) -> go.Figure:
    for axis in figure.select_yaxes():
        name = axis.plotly_name.replace("yaxis", "x")
        axis.update(scaleanchor=name, constrain="domain", autorange="reversed")
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False)
    return figure


def plain(text: str) -> str:
    """Make a name safe in Plotly, which reads a few HTML tags in its texts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
