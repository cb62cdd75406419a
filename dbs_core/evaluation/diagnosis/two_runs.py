"""Two runs or result files on the same truth: what the second does better or worse.

What is compared must be comparable: the same rule, the same videos with the same
truth, the same thresholds. Everything else is refused with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.diagnosis.intervals import DRAWS, SEED
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.bootstrap import Differences, differences
from dbs_core.evaluation.protocols.draws import seeded_draws
from dbs_core.records import VideoTruth
from dbs_core.runtime.errors import InputError

SAME_S = 1e-3
"""Truth whose times differ by less is the same: files hold milliseconds."""


@dataclass(frozen=True, eq=False)
class TwoRuns:
    """Both diagnoses, and the AP of b less that of a, at the thresholds wanted of it.

    `difference` is None where no draw was wanted.
    """

    a: Diagnosis
    b: Diagnosis
    difference: Differences | None


def comparable(a: JudgedSet, b: JudgedSet) -> JudgedSet:
    """Give b with the labels of a, if the two can be compared.

    Raises:
        InputError: another protocol, split, set of classes or videos, or other truth.
    """
    if a.rule.name != b.rule.name:
        raise InputError(
            f"judged by another protocol than {a.name}",
            where=b.name,
            wanted=a.rule.name,
            got=b.rule.name,
        )
    others = a.truths.keys() ^ b.truths.keys()
    if others:
        split = f" of split {a.split}" if a.split != b.split else ""
        raise InputError(
            f"{'another split' if split else 'other videos'} than {a.name} has",
            where=b.name,
            wanted=f"the same {len(a.truths)} videos{split}",
            got=f"{len(b.truths)} videos{f' of split {b.split}' if split else ''}, "
            f"{min(others)} is on one side only",
        )
    b = b.in_classes(a.classes)
    if _alike(a, b):
        return b
    for video_id, known in a.truths.items():
        if not _same(known, b.truths[video_id]):
            raise InputError(
                f"other truth than {a.name} has", where=f"{b.name}: {video_id}"
            )
    return b


def _alike(a: JudgedSet, b: JudgedSet) -> bool:
    """Say whether two annotations are the same to the bit, all videos at once."""
    sides = [*a.truths.values()], [b.truths[video_id] for video_id in a.truths]
    parts: tuple[Callable[[VideoTruth], np.ndarray], ...] = (
        lambda known: known.segments.labels,
        lambda known: known.segments.spans_s,
        lambda known: known.ambiguous_s,
    )
    for part in parts:
        first, second = ([part(known) for known in side] for side in sides)
        if [len(one) for one in first] != [len(one) for one in second]:
            return False
        if not np.array_equal(np.concatenate(first), np.concatenate(second)):
            return False
    return True


def _same(one: VideoTruth, other: VideoTruth) -> bool:
    """Say whether two annotations of a video tell the same, in whatever order."""
    rows = [
        np.concatenate(
            [
                np.column_stack([known.segments.labels, known.segments.spans_s]),
                np.column_stack([np.zeros(len(known.ambiguous_s)), known.ambiguous_s]),
            ]
        )
        for known in (one, other)
    ]
    if rows[0].shape != rows[1].shape:
        return False
    first, second = (row[np.lexsort(row.round(3).T[::-1])] for row in rows)
    return bool(np.abs(first - second).max(initial=0.0) <= SAME_S)


def compare(
    a: Diagnosis,
    b: Diagnosis,
    *,
    tiou: float | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> TwoRuns:
    """Compare two diagnoses at the same thresholds.

    Args:
        a: of the run that was there before.
        b: of the other one; its set went through `comparable`.
        tiou: the threshold at which intervals are wanted; None for all: at one they
            are the same, in a share of the time.
        draws: of videos, for 95 % intervals; 0 for none.
        seed: of the draws.

    Raises:
        InputError: other thresholds of tIoU or score.
        KeyError: `tiou` was not evaluated.
    """
    if not np.array_equal(a.marks.tiou, b.marks.tiou) or a.least != b.least:
        raise InputError(
            "looked at with other thresholds",
            where=b.judged.name,
            wanted="the same tIoU and score for both",
        )
    if not draws:
        return TwoRuns(a, b, None)
    first, second = (
        one.marks if tiou is None else one.marks.at_one(tiou) for one in (b, a)
    )
    videos = {*first.videos, *second.videos}
    found = differences(
        first,
        second,
        a.judged.classes,
        seeded_draws(len(videos), draws, seed),
        interpolation=a.judged.rule.interpolation,
    )
    return TwoRuns(a, b, found)
