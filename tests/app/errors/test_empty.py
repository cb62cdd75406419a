"""What an empty chart would say, in words."""

import pytest

from explorer.errors.charts import COST_CHART, KINDS_CHART, STAGES_CHART
from explorer.errors.curve_chart import CURVE_CHART
from explorer.errors.empty import why_empty

KINDS = ("double", "label", "location", "confusion", "background")


def figures(detections: int, least: float | None, false: int, missed: int, ap: float):
    return {
        "detections": detections,
        "score_threshold": least,
        "kinds": {"0.5": dict.fromkeys(KINDS, false)},
        "missed": {"0.5": missed},
        "per_class": {"Jump": {"0.5": ap}},
    }


@pytest.mark.parametrize(
    ("chart", "said", "words"),
    [
        (KINDS_CHART, figures(0, None, 0, 3, 0.0), "Nothing was detected"),
        (CURVE_CHART, figures(0, 0.4, 0, 3, 0.0), "No detection scores 0.4 or more"),
        (COST_CHART, figures(5, 0.4, 0, 3, 50.0), "No detection is false"),
        (STAGES_CHART, figures(5, None, 1, 0, 50.0), "No truth is missed"),
        (CURVE_CHART, figures(5, None, 1, 3, 0.0), "No detection of Jump is right"),
    ],
)
def test_it_says_why(chart: str, said: dict[str, object], words: str) -> None:
    assert why_empty(chart, said, "0.5", "Jump").startswith(words)


@pytest.mark.parametrize("chart", [KINDS_CHART, COST_CHART, CURVE_CHART, STAGES_CHART])
def test_where_there_is_something_nothing_is_said(chart: str) -> None:
    assert why_empty(chart, figures(5, None, 1, 3, 50.0), "0.5", "Jump") == ""
