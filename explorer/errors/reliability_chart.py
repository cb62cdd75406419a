"""Whether scores mean what they say: shares of right detections beside the scores."""

import plotly.graph_objects as go

from dbs_core.evaluation.diagnosis.false_positives import KINDS
from dbs_core.pictures.palette import Palette
from explorer.errors.bars import Chart, Figures, draw_bars, finished

RELIABILITY_CHART = "Whether scores hold"


def _draw(found: Figures, tiou: str, colours: Palette) -> go.Figure:
    bins = found["reliability"][tiou]["by_score"]
    names = list(bins)
    shares = [_percent(held["right"], held["detections"]) for held in bins.values()]
    said = [_percent(held["expected"], held["detections"]) for held in bins.values()]
    kinds = [kind for kind in KINDS if kind != "ignored"]
    limits = [[float(edge) for edge in name.split(" to ")] for name in names]
    picks = [{"kinds": kinds, "score": pair} for pair in limits]
    counts = [
        f"{held['right']} of {held['detections']} detections" for held in bins.values()
    ]
    figure = go.Figure()
    draw_bars(figure, names, shares, "are right", colours.right, picks, "", counts)
    figure.add_scatter(
        x=names,
        y=said,
        name="say their scores",
        mode="lines+markers",
        line={"color": colours.text, "dash": "dot"},
        connectgaps=True,
        # Whoever clicks a low bar may hit its point.
        customdata=[[pick] for pick in picks],
        hovertemplate="%{x}: %{y:.3g}<extra>say their scores</extra>",
    )
    figure.update_layout(xaxis_title="score", yaxis_range=[0, 105])
    return finished(figure, "right, % of detections")


def _table(found: Figures, tiou: str) -> list[dict[str, object]]:
    one = found["reliability"][tiou]
    return [
        {
            "of": of,
            "score or class": name,
            "detections": held["detections"],
            "right by their scores": round(held["expected"], 1),
            "right": held["right"],
        }
        for of, sort in (("score", "by_score"), ("class", "by_class"))
        for name, held in one[sort].items()
    ]


def _percent(part: float, whole: int) -> float | None:
    return 100 * part / whole if whole else None


RELIABILITY = Chart(
    "How many detections of a score are right, beside what their scores say. Scores of "
    "our runs speak of a tIoU of 0.5.",
    _draw,
    _table,
)
