"""Two runs as JSON values: mAP of both, the difference, and how long the lists are."""

import numpy as np

from dbs_core.evaluation.diagnosis.change_table import change_table
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.report import percent, threshold_name


def difference_figures(two: TwoRuns, tiou: float | None = None) -> dict[str, object]:
    """Give all figures in percent, lists as counts: at each tIoU, or at one alone.

    `difference` and `difference_by_class` are b less a, by tIoU: `estimate`, and where
    videos were drawn `low` and `high` (95 %) and `above_zero`, the share of draws in
    which b is ahead.
    """
    a, b = two.a.report, two.b.report
    whole: Interval | None = None
    by_class: list[Interval | None] = [None] * len(a.classes)
    if two.difference is not None:
        whole, by_class = two.difference.mean, [*two.difference.of_class]
    changes = {
        threshold_name(at): change_table(two, float(at))
        for at in (two.a.marks.tiou if tiou is None else [tiou])
    }
    return {
        "protocol": a.protocol,
        "subset": two.a.judged.split,
        "rules": list(two.a.rules),
        "score_threshold": two.a.least,
        "a": _side(two.a),
        "b": _side(two.b),
        "difference": _by_tiou(two, b.mean - a.mean, whole),
        "difference_by_class": {
            name: _by_tiou(
                two,
                (b.average_precision - a.average_precision)[:, column],
                by_class[column],
            )
            for column, name in enumerate(a.classes.names)
        },
        "truths": {name: one.count(truths=True) for name, one in changes.items()},
        "false_alarms": {
            name: {
                change: count
                for change, count in one.count(truths=False).items()
                if change != "both right"
            }
            for name, one in changes.items()
        },
    }


def _side(one: Diagnosis) -> dict[str, object]:
    about = one.report.to_json()
    return {
        "name": one.judged.name,
        "map": {**about["map"], "average": about["average"]},  # type: ignore[dict-item]
        "per_class": about["per_class"],
        "detections": len(one.marks.found),
        "counted": one.judged.counted.as_json(),
    }


def _by_tiou(
    two: TwoRuns, estimate: np.ndarray, interval: Interval | None
) -> dict[str, object]:
    found: dict[str, object] = {}
    drawn = () if interval is None else interval.tiou.tolist()
    for level, tiou in enumerate(two.a.marks.tiou.tolist()):
        values = {"estimate": percent(estimate[level])}
        if interval is not None and tiou in drawn:
            at = drawn.index(tiou)
            values["low"] = percent(interval.low[at])
            values["high"] = percent(interval.high[at])
            values["above_zero"] = _share(interval.above_zero[at])
        found[threshold_name(tiou)] = values
    return found


def _share(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
