"""The charts of Compare: what each class gained, and where each video stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dbs_core.evaluation.diagnosis.by_video import VideoPair
from dbs_core.pictures.palette import Palette
from explorer.explore.figures.grids import plain


def class_chart(
    found: Mapping[str, Any], tiou: str, colours: Palette, what: str = "b less a"
) -> go.Figure:
    """Draw the difference of each class with its interval, the largest loss first."""
    by_class = {
        name: values[tiou]
        for name, values in found["difference_by_class"].items()
        if values[tiou]["estimate"] is not None
    }
    names = sorted(by_class, key=lambda name: by_class[name]["estimate"])
    values = [by_class[name]["estimate"] for name in names]
    figure = go.Figure(
        go.Bar(
            x=[plain(name) for name in names],
            y=values,
            marker={
                "color": [colours.right if v >= 0 else colours.wrong for v in values],
                "pattern": {"shape": ["" if v >= 0 else "/" for v in values]},
            },
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [_beyond(by_class[n], "high", 1) for n in names],
                "arrayminus": [_beyond(by_class[n], "low", -1) for n in names],
                "color": colours.text,
                "thickness": 1,
            },
            customdata=[
                ["compare_class", name, _list_of(gained)]
                for name, gained in zip(names, values, strict=True)
            ],
            hovertemplate="%{x}: %{y:+.1f} points of AP<extra></extra>",
        )
    )
    return _finished(figure, f"{what}, points of AP")


def _list_of(gained: float) -> str:
    """Say which list tells why a class or a video gained or lost."""
    return "fixed" if gained > 0 else "broken" if gained < 0 else "both wrong"


def _beyond(values: Mapping[str, float | None], side: str, sign: int) -> float:
    """Give how far an end of the interval lies from the estimate."""
    end, estimate = values.get(side), values["estimate"]
    if end is None or estimate is None:
        return 0.0
    return max(0.0, sign * (end - estimate))


def video_chart(pairs: Sequence[VideoPair], colours: Palette) -> go.Figure:
    """Draw each video as a point: AP by a across, by b upwards."""
    figure = go.Figure(
        go.Scatter(
            x=[100 * one.a for one in pairs],
            y=[100 * one.b for one in pairs],
            mode="markers",
            marker={"color": colours.primary, "size": 9, "opacity": 0.75},
            customdata=[
                [
                    "compare_video",
                    one.video_id,
                    _list_of(one.b - one.a),
                    plain(one.video_id),
                ]
                for one in pairs
            ],
            hovertemplate="%{customdata[3]}: %{x:.1f} %, %{y:.1f} %<extra></extra>",
        )
    )
    figure.add_shape(
        type="line", x0=0, y0=0, x1=100, y1=100, line={"color": colours.border}
    )
    _finished(figure, "AP by b, %")
    return figure.update_layout(xaxis={"title": {"text": "AP by a, %"}})


def _finished(figure: go.Figure, y_title: str) -> go.Figure:
    return figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        yaxis={"title": {"text": y_title}},
        showlegend=False,
        clickmode="event+select",
    )
