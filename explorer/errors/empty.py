"""Why a chart of Errors would be empty: said in its place."""

from collections.abc import Mapping
from typing import Any

from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS
from explorer.errors.charts import COST_CHART, KINDS_CHART, STAGES_CHART
from explorer.errors.curve_chart import CURVE_CHART
from explorer.errors.reliability_chart import RELIABILITY_CHART


def why_empty(chart: str, figures: Mapping[str, Any], tiou: str, name: str) -> str:
    """Say why there is nothing to draw, "" where there is.

    Args:
        chart: which one.
        figures: of the diagnosis.
        tiou: the threshold, by its name.
        name: the class that a curve is of.
    """
    kinds, least = figures["kinds"][tiou], figures["score_threshold"]
    of_detections = (KINDS_CHART, COST_CHART, CURVE_CHART, RELIABILITY_CHART)
    if not figures["detections"] and chart in of_detections:
        if least is None:
            return "Nothing was detected in this split."
        return f"No detection scores {least:g} or more. Lower the threshold above."
    if chart == COST_CHART and not any(kinds[kind] for kind in FALSE_KINDS):
        return f"No detection is false at tIoU {tiou}: there is nothing to gain."
    if chart == STAGES_CHART and not figures["missed"][tiou]:
        return f"No truth is missed at tIoU {tiou}."
    if chart == CURVE_CHART and not figures["per_class"][name][tiou]:
        return f"No detection of {name} is right at tIoU {tiou}: recall stays at 0."
    return ""
