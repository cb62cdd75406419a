"""Plotly pictures of the imprint grid: mean image, class map, posterior."""

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, UInt8

from dbs_core.records import GridScores, Placement
from explorer.figures.torus import outlines


def mosaic_figure(
    mosaic: UInt8[np.ndarray, "height width 3"], grid: tuple[int, int]
) -> go.Figure:
    """Draw the mean image of the imprint, one unit a cell."""
    cell = mosaic.shape[0] / grid[0]
    image = go.Image(
        z=mosaic, dx=1 / cell, dy=1 / cell, x0=-0.5, y0=-0.5, hoverinfo="skip"
    )
    return _square(go.Figure(image), grid)


def map_figure(
    values: Float[np.ndarray, "gh gw"], *, name: str, top: float | None = None
) -> go.Figure:
    """Draw one number per cell; cells without frames are NaN and stay empty."""
    heat = go.Heatmap(
        z=values,
        zmin=0,
        zmax=top,
        colorbar={"thickness": 8, "len": 0.9, "title": {"text": ""}},
        hovertemplate=f"row %{{y}}, column %{{x}}: {name} %{{z:.2f}}<extra></extra>",
    )
    return _square(go.Figure(heat), values.shape)


def score_map(grid: GridScores, label: int) -> Float[np.ndarray, "gh gw"]:
    """Give the probability of a class per cell, NaN where no frame lies."""
    return np.where(grid.mask, grid.probability[..., label], np.nan)


def posterior_map(placement: Placement, index: int) -> Float[np.ndarray, "gh gw"]:
    """Spread a frame's kept locations out over the grid, zero elsewhere."""
    spread = np.zeros(placement.grid)
    rows, columns = placement.locations[index].T.astype(np.int64)
    np.add.at(spread, (rows, columns), placement.weights[index])
    return spread


def add_window(
    figure: go.Figure, placement: Placement, index: int, colour: str
) -> go.Figure:
    """Outline the window of a frame's most likely location."""
    origin = int(placement.best[index, 0]), int(placement.best[index, 1])
    for r, c, h, w in outlines(origin, placement.window, placement.grid):
        figure.add_shape(
            type="rect",
            x0=c - 0.5,
            x1=c + w - 0.5,
            y0=r - 0.5,
            y1=r + h - 0.5,
            line={"color": colour, "width": 2},
        )
    return figure


def _square(figure: go.Figure, grid: tuple[int, int]) -> go.Figure:
    figure.update_layout(margin={"l": 0, "r": 0, "t": 8, "b": 0}, height=330)
    figure.update_xaxes(range=[-0.5, grid[1] - 0.5], visible=False, constrain="domain")
    figure.update_yaxes(
        range=[grid[0] - 0.5, -0.5], visible=False, scaleanchor="x", constrain="domain"
    )
    return figure
