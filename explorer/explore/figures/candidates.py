"""Plotly view of proposals, refined candidates and what suppression left of them."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dbs_core.evaluation.candidate_fates import (
    CandidateFate,
    ProposalFate,
    Span,
    candidate_fates,
    proposal_fates,
)
from dbs_core.pictures.palette import Palette
from dbs_core.records import ClassList, VideoResult
from explorer.explore.figures.grids import plain

SHOWN = 400  # bars of one kind; the strongest are kept


def candidates_figure(
    result: VideoResult, label: int, classes: ClassList, colours: Palette
) -> go.Figure:
    """Draw proposals, then the class's candidates: kept, and removed by which."""
    figure = go.Figure()
    proposals = proposal_fates(result, SHOWN)
    _bars(
        figure,
        [p.span_s for p in proposals],
        [_end_of(p) for p in proposals],
        "#8A94A0",
        "proposals",
    )
    for kept, colour, name in (
        (False, colours.wrong, "removed"),
        (True, colours.right, "kept"),
    ):
        fates = candidate_fates(result, label, kept=kept, most=SHOWN)
        text = [_story(fate, classes) for fate in fates]
        _bars(figure, [fate.span_s for fate in fates], text, colour, name)
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


def _end_of(proposal: ProposalFate) -> str:
    end = "became a candidate" if proposal.became else "background won"
    return f"proposal {proposal.number}: {end}"


def _story(fate: CandidateFate, classes: ClassList) -> str:
    name = plain(classes.name_of(fate.label))
    by = fate.removed_by
    end = "kept" if by is None else f"removed by candidate {by}"
    return (
        f"candidate {fate.number}: {name} {fate.score:.2f}, "
        f"from proposal {fate.proposal}, {end}"
    )


def _bars(
    figure: go.Figure, spans: Sequence[Span], text: list[str], colour: str, row: str
) -> None:
    if not spans:
        spans, text = [(0.0, 0.0)], [""]  # keeps the row's place
    figure.add_bar(
        orientation="h",
        base=[start for start, _ in spans],
        x=[end - start for start, end in spans],
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
