"""A diagnosis as text tables, in percent and counts."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.false_positives import BACKGROUND, DOUBLE, KINDS
from dbs_core.evaluation.diagnosis.reliability import EDGES, Held
from dbs_core.evaluation.diagnosis.stages import FOUND, STAGES
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.report import threshold_name

_NAME = 16


def table(diagnosis: Diagnosis, at: float, interval: Interval | None = None) -> str:
    """Give the rules, mAP at every threshold, and all else at one of them."""
    judged, report = diagnosis.judged, diagnosis.report
    level = diagnosis.marks.at(at)
    lines = [
        f"{judged.name}, {report.protocol}, {judged.split}",
        *(f"  {rule}" for rule in diagnosis.rules),
        "",
        *_maps(diagnosis, interval),
        "",
        f"At tIoU {threshold_name(at)}:",
        "",
        *_kinds(diagnosis, level),
        *_bins(diagnosis, level),
        *_stages(diagnosis, level),
        *_reliability(diagnosis, level),
    ]
    return "\n".join(lines)


def _maps(diagnosis: Diagnosis, interval: Interval | None) -> Iterable[str]:
    names = [threshold_name(tiou) for tiou in diagnosis.marks.tiou]
    yield _line("tIoU", [*names, "average"] if len(names) > 1 else names)
    yield _percents("mAP", diagnosis.report.mean)
    if interval is not None and interval.draws:
        yield _percents("  95 % from", interval.low, average=False)
        yield _percents("  to", interval.high, average=False)
    yield _percents("normalised mAP", diagnosis.map_normalised)
    yield _percents("all cured", diagnosis.ceiling)


def _kinds(diagnosis: Diagnosis, level: int) -> Iterable[str]:
    groups = diagnosis.by_group[level]
    steps = [f"{group + 1}G" for group in range(len(groups))]
    yield _line("detections", [*steps, "sum", "cured", "norm."])
    for number, name in enumerate(KINDS):
        counts = groups[:, number]
        if name == "ignored" and not counts.any():
            continue
        gains = ["", ""]
        if DOUBLE <= number <= BACKGROUND:
            both = (diagnosis.gain, diagnosis.gain_normalised)
            gains = [f"+{100 * one[level, number - 1]:.2f}" for one in both]
        yield _line(name, [*map(str, counts), str(counts.sum()), *gains])


def _bins(diagnosis: Diagnosis, level: int) -> Iterable[str]:
    missed, truths = diagnosis.missed[level], len(diagnosis.marks.truth)
    yield ""
    yield f"missed {missed} of {truths} truths"
    for name, sort in diagnosis.characteristics.items():
        held = np.bincount(sort.bin[sort.bin >= 0], minlength=len(sort.labels))
        lost = diagnosis.missed_by[name][level]
        yield ""
        yield _line(name, sort.ranges, 13)
        yield _line(
            "missed", [f"{a} of {b}" for a, b in zip(lost, held, strict=True)], 13
        )
        yield _line(
            "normalised mAP",
            [
                "-" if np.isnan(v) else f"{100 * v:.2f}"
                for v in diagnosis.sensitivity[name][level]
            ],
            13,
        )


def _stages(diagnosis: Diagnosis, level: int) -> Iterable[str]:
    if diagnosis.stages is None:
        return
    counts = np.bincount(diagnosis.stages[level], minlength=len(STAGES))
    yield ""
    yield "truths were lost at"
    for number, name in enumerate(STAGES):
        if number != FOUND:
            yield _line(name, [str(counts[number])])


def _reliability(diagnosis: Diagnosis, level: int) -> Iterable[str]:
    one = diagnosis.reliability
    if one is None or np.isnan(one.off[level]):
        return
    bins = [f"{a:.1f}-{b:.1f}" for a, b in itertools.pairwise(EDGES)]
    off, brier = 100 * one.off[level], one.brier[level]
    yield ""
    yield (
        f"scores as probabilities to be right: off by {off:.1f} points on average, "
        f"Brier score {brier:.3f}"
    )
    yield _line("score", bins, 7)
    yield from _held(one.by_score, level, 7)
    yield ""
    yield f"{'class':<{_NAME}} detections  right by scores    right"
    rows = zip(
        diagnosis.judged.classes.names,
        one.by_class.detections[level],
        one.by_class.expected[level],
        one.by_class.right[level],
        strict=True,
    )
    for name, count, expected, right in rows:
        if count:
            yield f"{name:<{_NAME}} {count:>10} {expected:>16.1f} {right:>8}"


def _held(held: Held, level: int, width: int) -> Iterable[str]:
    counts = held.detections[level]

    def shares(parts: np.ndarray) -> list[str]:
        return [
            f"{100 * part / n:.0f}" if n else "-"
            for part, n in zip(parts[level], counts, strict=True)
        ]

    yield _line("detections", [str(n) for n in counts], width)
    yield _line("say, %", shares(held.expected), width)
    yield _line("are right, %", shares(held.right), width)


def _percents(name: str, values: np.ndarray, *, average: bool = True) -> str:
    shown = [*values, values.mean()] if average and len(values) > 1 else [*values]
    return _line(name, ["-" if np.isnan(v) else f"{100 * v:.2f}" for v in shown])


def _line(name: str, cells: Sequence[str], width: int = 6) -> str:
    return f"{name:<{_NAME}} " + " ".join(f"{cell:>{width}}" for cell in cells)
