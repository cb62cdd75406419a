"""Two runs side by side as text tables, in percent and counts."""

from collections.abc import Iterable, Sequence

import numpy as np

from dbs_core.evaluation.diagnosis.change_table import CHANGES, ChangeTable
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.report import threshold_name

_NAME = 16


def table(two: TwoRuns, listed: ChangeTable) -> str:
    """Give mAP at every threshold, and classes and lists at one of them."""
    judged, report = two.a.judged, two.a.report
    lines = [
        f"a: {judged.name}",
        f"b: {two.b.judged.name}",
        f"{report.protocol}, {judged.split}",
        *(f"  {rule}" for rule in report.rules),
        "",
        *_maps(two),
        "",
        f"AP at tIoU {threshold_name(listed.tiou)}:",
        "",
        *_classes(two, two.a.marks.at(listed.tiou)),
        "",
        *_lists(listed),
    ]
    return "\n".join(lines)


def _maps(two: TwoRuns) -> Iterable[str]:
    a, b = two.a.report.mean, two.b.report.mean
    names = [threshold_name(tiou) for tiou in two.a.marks.tiou]
    yield _line("mAP at tIoU", [*names, "average"] if len(names) > 1 else names)
    yield _line("a", _percents(_with_average(a)))
    yield _line("b", _percents(_with_average(b)))
    yield _line("b - a", _signed(_with_average(b - a)))
    if two.difference is not None:
        yield _line("  95 % from", _signed(two.difference.mean.low))
        yield _line("  to", _signed(two.difference.mean.high))


def _classes(two: TwoRuns, level: int) -> Iterable[str]:
    a, b = two.a.report, two.b.report
    width = max(_NAME, *map(len, a.classes.names))
    heads = ["truths", "a", "b", "b - a"]
    if two.difference is not None:
        heads += ["from", "to"]
    yield _line("class", heads, width)
    for column, name in enumerate(a.classes.names):
        one = a.average_precision[level, column]
        other = b.average_precision[level, column]
        cells = [
            str(a.positives[column]),
            *_percents([one, other]),
            *_signed([other - one]),
        ]
        if two.difference is not None:
            cells += _signed(_ends(two.difference.of_class[column], level))
        yield _line(name, cells, width)


def _ends(interval: Interval, level: int) -> tuple[float, float]:
    return interval.low[level], interval.high[level]


def _lists(listed: ChangeTable) -> Iterable[str]:
    wide = [f"{change:>10}" for change in CHANGES]
    yield _line("", wide)
    for name, truths in (("truths", True), ("false alarms", False)):
        counts = listed.count(truths=truths)
        shown = [str(counts[change]) for change in CHANGES]
        if not truths:
            shown[-1] = "-"
        yield _line(name, [f"{cell:>10}" for cell in shown])


def _with_average(values: np.ndarray) -> list[float]:
    return [*values, values.mean()] if len(values) > 1 else [*values]


def _percents(values: Iterable[float]) -> list[str]:
    return ["-" if np.isnan(v) else f"{100 * v:.2f}" for v in values]


def _signed(values: Iterable[float]) -> list[str]:
    return ["-" if np.isnan(v) else f"{100 * v:+.2f}" for v in values]


def _line(name: str, cells: Sequence[str], width: int = _NAME) -> str:
    return f"{name:<{width}} " + " ".join(f"{cell:>6}" for cell in cells)
