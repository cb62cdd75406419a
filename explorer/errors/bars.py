"""What the charts of Errors have in common: bars that know their rows of the list.

`customdata` of a mark is what the page's filters become when it is clicked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dbs_core.pictures.palette import Palette

Figures = Mapping[str, Any]
"""Of a diagnosis, as the command line writes them."""

WORDS = {
    "true": "right",
    "double": "found twice: the truth was taken by another detection",
    "label": "right place, wrong class",
    "location": "right class, overlaps too little",
    "confusion": "wrong class, overlaps too little",
    "background": "hardly any truth there",
    "ignored": "touches an ambiguous span: not counted",
}


@dataclass(frozen=True)
class Chart:
    """A chart: what it says in one line, and its drawing at one tIoU."""

    words: str
    draw: Callable[[Figures, str, Palette], go.Figure]
    table: Callable[[Figures, str], list[dict[str, object]]]


def draw_bars(
    figure: go.Figure,
    names: Sequence[str],
    heights: Sequence[float | None],
    what: str,
    colour: str,
    picks: Sequence[Mapping[str, object]],
    pattern: str,
    more: Sequence[str] = (),
) -> None:
    tail = more or [WORDS.get(what, "")] * len(names)
    figure.add_bar(
        x=list(names),
        y=list(heights),
        name=what,
        marker={
            "color": colour,
            "pattern": {"shape": pattern, "size": 6, "solidity": 0.25},
        },
        customdata=list(zip(picks, tail, strict=True)),
        hovertemplate="%{x}: %{y:.4g}<br>%{customdata[1]}<extra>" + what + "</extra>",
    )


def finished(figure: go.Figure, y_title: str) -> go.Figure:
    return figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.12},
        yaxis={"title": {"text": y_title}},
        bargap=0.25,
        clickmode="event+select",
    )
