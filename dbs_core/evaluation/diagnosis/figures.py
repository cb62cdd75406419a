"""A diagnosis as JSON values: every figure by tIoU, and their average over tIoUs.

mAP, gains and sensitivity are per cent, all else counts.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from dbs_core.evaluation.diagnosis.characteristics import Characteristic
from dbs_core.evaluation.diagnosis.confusion import confusion
from dbs_core.evaluation.diagnosis.diagnose import GROUPS, Diagnosis
from dbs_core.evaluation.diagnosis.false_positives import FALSE_KINDS, KINDS
from dbs_core.evaluation.diagnosis.reliability import EDGES, Held
from dbs_core.evaluation.diagnosis.stages import STAGES, losses
from dbs_core.evaluation.protocols.report import percent, threshold_name

Take = Callable[[np.ndarray], Any]
"""Takes what belongs to one tIoU from values `[k, ...]`, or their average."""


def figures(diagnosis: Diagnosis) -> dict[str, object]:
    """Give all figures, and what they rest on.

    `kinds`, `kinds_by_group`, `gain`, `gain_normalised`, `map`, `map_normalised`,
    `ceiling`, `missed`, `sensitivity` and `missed_by` have a member for each tIoU
    ("0.5") and "average"; so have `stages` and `stages_by_class` of a run of ours.
    `reliability` of scores that are probabilities has one for each tIoU.
    """
    about = diagnosis.report.to_json()
    return (
        diagnosis.judged.counted.as_json()
        | {key: about[key] for key in ("protocol", "per_class", "positives", "notes")}
        | _detections(diagnosis)
        | _truths(diagnosis)
        | (_stages(diagnosis) if diagnosis.stages is not None else {})
        | _reliability(diagnosis)
        | {
            "name": diagnosis.judged.name,
            "score_threshold": diagnosis.least,
            "tiou": diagnosis.marks.tiou.tolist(),
            "rules": list(diagnosis.rules),
        }
    )


def _detections(diagnosis: Diagnosis) -> dict[str, object]:
    """Give what the detections are, and what each kind of error costs."""
    one, marks, classes = diagnosis, diagnosis.marks, diagnosis.judged.classes

    def costs(gain: np.ndarray) -> object:
        return _each(one, lambda take: _named(FALSE_KINDS, take(gain), percent))

    return {
        "detections": len(marks.found),
        "map": _each(one, lambda take: percent(take(one.report.mean))),
        "map_normalised": _each(one, lambda take: percent(take(one.map_normalised))),
        "ceiling": _each(one, lambda take: percent(take(one.ceiling))),
        "kinds": _each(
            one, lambda take: _named(KINDS, take(one.by_group).sum(axis=0), _count)
        ),
        "kinds_by_group": _each(
            one,
            lambda take: {
                f"{group + 1}G": _named(KINDS, take(one.by_group)[group], _count)
                for group in range(GROUPS)
            },
        ),
        "gain": costs(one.gain),
        "gain_normalised": costs(one.gain_normalised),
        "confusion": {
            "classes": ["background", *classes.names],
            **{
                threshold_name(tiou): confusion(marks, classes, float(tiou)).tolist()
                for tiou in marks.tiou
            },
        },
    }


def _truths(diagnosis: Diagnosis) -> dict[str, object]:
    """Give which truths were missed, and how well each sort is found."""
    one, sorts = diagnosis, diagnosis.characteristics

    def by_bin(values: Mapping[str, np.ndarray], show: Callable[[Any], object]) -> Any:
        return _each(
            one,
            lambda take: {
                name: _named(sort.labels, take(values[name]), show)
                for name, sort in sorts.items()
            },
        )

    return {
        "truths": len(one.marks.truth),
        "missed": _each(one, lambda take: _count(take(one.missed))),
        "sensitivity": by_bin(one.sensitivity, percent),
        "missed_by": by_bin(one.missed_by, _count),
        "bins": {name: _bins(sort) for name, sort in sorts.items()},
    }


def _stages(diagnosis: Diagnosis) -> dict[str, object]:
    """Give how far the truths came in our own path."""
    assert diagnosis.stages is not None
    names = diagnosis.judged.classes.names
    labels = diagnosis.marks.truth.segments.labels
    lost = np.stack([losses(row, labels, len(names)) for row in diagnosis.stages])
    return {
        "stages": _each(
            diagnosis, lambda take: _named(STAGES, take(lost).sum(axis=0), _count)
        ),
        "stages_by_class": _each(
            diagnosis,
            lambda take: {
                name: _named(STAGES, row, _count)
                for name, row in zip(names, take(lost), strict=True)
            },
        ),
    }


def _reliability(diagnosis: Diagnosis) -> dict[str, object]:
    """Give how far scores are the probability to be right, in per cent."""
    one = diagnosis.reliability
    if one is None:
        return {}
    names = diagnosis.judged.classes.names
    bins = [f"{a:g} to {b:g}" for a, b in itertools.pairwise(EDGES)]

    def held(sort: Held, names: Sequence[str], level: int) -> dict[str, object]:
        columns = sort.detections[level], sort.expected[level], sort.right[level]
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {
            name: {"detections": n, "expected": expected, "right": right}
            for name, (n, expected, right) in zip(names, rows, strict=True)
        }

    return {
        "reliability": {
            threshold_name(tiou): {
                "off": percent(one.off[level]),
                "brier": None if np.isnan(one.brier[level]) else one.brier[level],
                "by_score": held(one.by_score, bins, level),
                "by_class": held(one.by_class, names, level),
            }
            for level, tiou in enumerate(diagnosis.marks.tiou)
        }
    }


def _each(diagnosis: Diagnosis, show: Callable[[Take], object]) -> dict[str, object]:
    """Show a figure at each tIoU and in the average."""
    names = map(threshold_name, diagnosis.marks.tiou)
    takes = {name: itemgetter(level) for level, name in enumerate(names)}
    shown = {name: show(take) for name, take in takes.items()}
    return shown | {"average": show(lambda values: values.mean(axis=0))}


def _named(
    names: Sequence[str], values: np.ndarray, show: Callable[[Any], object]
) -> dict[str, object]:
    return dict(zip(names, map(show, values.tolist()), strict=True))


def _count(value: Any) -> object:
    """Give a whole number where it is one, as it is at a single tIoU."""
    return int(value) if float(value).is_integer() else float(value)


def _bins(sort: Characteristic) -> dict[str, object]:
    """Give the bins' edges, None for no end, and how many truths each holds."""
    held = np.bincount(sort.bin[sort.bin >= 0], minlength=len(sort.labels))
    return {
        "edges": [edge if np.isfinite(edge) else None for edge in sort.edges],
        "truths": _named(sort.labels, held, _count),
    }
