"""The charts of Errors: each bar or cell knows which rows of the list it stands for.

Their marks are of `bars.py`.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dbs_core.evaluation.diagnosis.diagnose import GROUPS
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS, KINDS
from dbs_core.evaluation.diagnosis.stages import STAGES
from dbs_core.pictures.palette import GREY, Palette
from explorer.errors.bars import WORDS, Chart, Figures, draw_bars, finished
from explorer.errors.reliability_chart import RELIABILITY, RELIABILITY_CHART
from explorer.explore.figures.grids import plain

PATTERNS = {
    "true": "",
    "double": "/",
    "label": "\\",
    "location": "-",
    "confusion": "x",
    "background": ".",
    "ignored": "|",
}
"""Kinds are told apart by more than their colour."""


def kind_colours(colours: Palette) -> dict[str, str]:
    """Give each kind its colour: right green, the rest of the classes' palette."""
    rest = [c for c in colours.categories if c not in (colours.right, colours.wrong)]
    return {
        "true": colours.right,
        "ignored": GREY,
        "background": colours.wrong,
        **dict(zip(("double", "label", "location", "confusion"), rest, strict=False)),
    }


def _profile(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    groups, ink = found["kinds_by_group"][tiou], kind_colours(colours)
    figure = go.Figure()
    for kind in KINDS:
        counts = [groups[f"{step + 1}G"][kind] for step in range(GROUPS)]
        if not any(counts):
            continue
        picks = [_kinds_of(kind) | {"step": step} for step in range(GROUPS)]
        draw_bars(figure, list(groups), counts, kind, ink[kind], picks, PATTERNS[kind])
    figure.update_layout(barmode="stack", xaxis_title="best detections of each class")
    return finished(figure, "detections")


def _kinds_of(kind: str) -> dict[str, object]:
    return {"kinds": [kind]}


def _profile_table(found: Figures, tiou: str) -> list[dict[str, object]]:
    groups = found["kinds_by_group"][tiou]
    return [{"step": name} | counts for name, counts in groups.items()]


def _cost(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    gain, ink = found["gain"][tiou], kind_colours(colours)
    figure = go.Figure()
    for kind in FALSE_KINDS:
        picks = [_kinds_of(kind)]
        draw_bars(figure, [kind], [gain[kind]], kind, ink[kind], picks, PATTERNS[kind])
    figure.update_layout(showlegend=False)
    return finished(figure, "mAP gained, points")


def _cost_table(found: Figures, tiou: str) -> list[dict[str, object]]:
    return [
        {
            "kind": kind,
            "gain": found["gain"][tiou][kind],
            "normalised gain": found["gain_normalised"][tiou][kind],
            "detections": found["kinds"][tiou][kind],
            "what it is": WORDS[kind],
        }
        for kind in FALSE_KINDS
    ]


def _by_bin(
    values: Mapping[str, Mapping[str, float | None]],
    bins: Mapping[str, Any],
    colours: Palette,
    title: str,
    share: bool,
) -> go.Figure:
    """Draw a bar a bin, characteristic after characteristic."""
    figure = go.Figure()
    shades = (colours.primary, colours.categories[1], colours.categories[2])
    for (name, by_label), shade in zip(values.items(), shades, strict=False):
        truths = bins[name]["truths"]
        heights = [
            value if not share or value is None else 100 * value / max(truths[label], 1)
            for label, value in by_label.items()
        ]
        picks = [{"bin": [name, number]} for number in range(len(by_label))]
        labels = [f"{name} {label}" for label in by_label]
        ranges = [
            f"{span}, {truths[label]} truths"
            for span, label in zip(_ranges(bins[name]["edges"]), by_label, strict=True)
        ]
        draw_bars(figure, labels, heights, name, shade, picks, "", ranges)
    figure.update_layout(showlegend=False)
    return finished(figure, title)


def _ranges(edges: Sequence[float | None]) -> list[str]:
    pairs = itertools.pairwise(edges)
    return [
        f"above {low:g}" if high is None else f"{max(low or 0, 0):g} to {high:g}"
        for low, high in pairs
    ]


def _missed(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    by_bin = found["missed_by"][tiou]
    return _by_bin(by_bin, found["bins"], colours, "missed truths, %", share=True)


def _sensitivity(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    by_bin = found["sensitivity"][tiou]
    return _by_bin(by_bin, found["bins"], colours, "normalised mAP, %", share=False)


def _bins_table(found: Figures, tiou: str) -> list[dict[str, object]]:
    return [
        {
            "of the truth": name,
            "bin": label,
            "range": span,
            "truths": sort["truths"][label],
            "missed": found["missed_by"][tiou][name][label],
            "normalised mAP": found["sensitivity"][tiou][name][label],
        }
        for name, sort in found["bins"].items()
        for label, span in zip(sort["truths"], _ranges(sort["edges"]), strict=True)
    ]


def _confusion(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    names = [plain(name) for name in found["confusion"]["classes"]]
    matrix = found["confusion"][tiou]
    figure = go.Figure(
        go.Heatmap(
            z=[[value or None for value in row] for row in matrix],
            x=names,
            y=names,
            colorscale=[[0, colours.panel], [1, colours.primary]],
            showscale=False,
            hoverinfo="skip",
            text=matrix,
            texttemplate="%{text}" if len(names) <= 12 else None,
        )
    )
    # A heat map tells no click: squares over what it counts do.
    raw = ["", *found["confusion"]["classes"][1:]]
    places = [
        (i, j) for i, row in enumerate(matrix) for j, count in enumerate(row) if count
    ]
    figure.add_scatter(
        x=[names[j] for _, j in places],
        y=[names[i] for i, _ in places],
        mode="markers",
        marker={"symbol": "square", "size": 18, "opacity": 0},
        customdata=[
            [{"cell": [raw[i], raw[j]]}, matrix[i][j], names[i], names[j]]
            for i, j in places
        ],
        hovertemplate="%{customdata[2]} found as %{customdata[3]}: "
        "%{customdata[1]}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(title="detected as", side="bottom")
    figure.update_yaxes(autorange="reversed")
    finished(figure, "truth")
    return figure.update_layout(height=max(300, 26 * len(names) + 90))


def _confusion_table(found: Figures, tiou: str) -> list[dict[str, object]]:
    names = found["confusion"]["classes"]
    return [
        {"truth": name, **dict(zip(names, row, strict=True))}
        for name, row in zip(names, found["confusion"][tiou], strict=True)
    ]


def _stages(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    lost = found["stages"][tiou]
    names = [name for name in STAGES[1:] if name in lost]
    figure = go.Figure()
    picks: list[Mapping[str, object]] = [{"stages": [name]} for name in names]
    counts = [lost[name] for name in names]
    draw_bars(figure, names, counts, "lost", colours.primary, picks, "")
    figure.update_layout(showlegend=False)
    return finished(figure, "missed truths")


def _stages_table(found: Figures, tiou: str) -> list[dict[str, object]]:
    rows = found["stages_by_class"][tiou]
    return [{"class": name} | counts for name, counts in rows.items()]


KINDS_CHART, COST_CHART = "What detections are", "What errors cost"
STAGES_CHART = "Where truths are lost"
CHARTS: Mapping[str, Chart] = {
    KINDS_CHART: Chart(
        "The best detections of each class, in steps of G, its number of truths.",
        _profile,
        _profile_table,
    ),
    COST_CHART: Chart(
        "How much mAP would rise if no detection of a kind had been made.",
        _cost,
        _cost_table,
    ),
    "What is missed": Chart(
        "Share of truths that no detection found, by their length, their share of the "
        "video, and how many of the class are in it.",
        _missed,
        _bins_table,
    ),
    "What is hard": Chart(
        "Normalised mAP on the truths of each bin alone.", _sensitivity, _bins_table
    ),
    "What is confused": Chart(
        "Truths by the class they were found as; background: not at all.",
        _confusion,
        _confusion_table,
    ),
    STAGES_CHART: Chart(
        "How far each missed truth came on our path, the furthest first.",
        _stages,
        _stages_table,
    ),
    RELIABILITY_CHART: RELIABILITY,
}
