"""What turning knobs did: mAP, every class and every video, before and after.

What stands is judged once (`Standing`) and kept; each answer judges the other side on
the same draws of videos, so that the interval is of the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from dbs_core.evaluation.diagnosis.by_video import precisions
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.bootstrap import (
    Differences,
    difference,
    resampled_classes,
)
from dbs_core.evaluation.protocols.draws import Counts, of_videos, seeded_draws
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.report import (
    class_precision,
    count_labels,
    mean_of_classes,
    percent,
    threshold_name,
)

DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Standing:
    """Detections judged at every tIoU of the rule, and drawn at one of them.

    Attributes:
        judged: detections and truth.
        tiou: the one at which videos are drawn and told apart.
        precision: AP of each class at each tIoU of the rule, fractions of 1.
        mean: mAP at each of them.
        drawn: AP of each class at `tiou`: of all videos, then of each draw.
        by_video: AP of each video at `tiou`.
        counts: how often each video counts in each draw, in the order of their names.
    """

    judged: JudgedSet
    tiou: float
    precision: Float64[np.ndarray, "k a"]
    mean: Float64[np.ndarray, " k"]
    drawn: Float64[np.ndarray, "1 a b"]
    by_video: Mapping[str, float]
    counts: Counts

    @property
    def count(self) -> int:
        """How many detections there are."""
        return sum(map(len, self.judged.found.values()))


def stand(
    judged: JudgedSet,
    tiou: float,
    *,
    draws: int = DRAWS,
    beside: Standing | None = None,
) -> Standing:
    """Judge detections.

    Args:
        judged: detections and truth.
        tiou: at which videos are drawn and told apart.
        draws: how many.
        beside: what stands already, whose draws are used.

    Raises:
        KeyError: no such tIoU in the rule.
    """
    rule, classes = judged.rule, judged.classes
    marks = rule.match(judged.found, judged.truths, tiou=rule.tiou)
    precision = class_precision(marks, classes, rule.interpolation)
    positives = count_labels(marks.truth.segments.labels, len(classes))
    one = _at(marks, tiou)
    videos = sorted(one.videos)
    counts = seeded_draws(len(videos), draws, 0) if beside is None else beside.counts
    here = of_videos(counts, videos, one.videos)
    return Standing(
        judged,
        tiou,
        precision,
        mean_of_classes(precision, positives),
        resampled_classes(one, classes, here, rule.interpolation),
        precisions(judged, marks, tiou),
        counts,
    )


def _at(marks: Marks, tiou: float) -> Marks:
    """Keep the marks of one threshold."""
    level = [marks.at(tiou)]
    return replace(
        marks,
        tiou=marks.tiou[level],
        truth_of=marks.truth_of[level],
        ignored=marks.ignored[level],
    )


@dataclass(frozen=True, eq=False)
class Answer:
    """What stands, what the turned knobs give, and the difference at one tIoU."""

    before: Standing
    after: Standing
    difference: Differences


def answer(before: Standing, turned: JudgedSet) -> Answer:
    """Judge the same videos with knobs turned, and give the difference."""
    same = turned.found is before.judged.found
    after = before if same else stand(turned, before.tiou, beside=before)
    return Answer(
        before,
        after,
        difference(after.drawn, before.drawn, np.array([before.tiou])),
    )


def moved(found: Answer) -> list[tuple[str, float, float]]:
    """Give the videos with their AP before and after, those that moved most first."""
    before, after = found.before.by_video, found.after.by_video
    pairs = [(key, value, after[key]) for key, value in before.items() if key in after]
    return sorted(pairs, key=lambda one: (-abs(one[2] - one[1]), one[0]))


def answer_figures(found: Answer) -> dict[str, object]:
    """Give all figures as JSON values, in percent.

    `difference` is by tIoU, after less before; `low`, `high` and `above_zero` (95 % of
    draws of videos; the share of draws in which the turned knobs are ahead) are of the
    tIoU `at`, for all and for each class.
    """
    before, after = found.before, found.after
    rule, classes = before.judged.rule, before.judged.classes
    at = threshold_name(before.tiou)
    level = int(np.flatnonzero(np.isclose(rule.tiou, before.tiou))[0])
    by_class = {}
    for column, name in enumerate(classes.names):
        one = found.difference.of_class[column]
        by_class[name] = {
            "before": percent(before.precision[level, column]),
            "after": percent(after.precision[level, column]),
            "estimate": percent(one.estimate[0]),
            "low": percent(one.low[0]),
            "high": percent(one.high[0]),
        }
    whole = found.difference.mean
    return {
        "protocol": rule.name,
        "subset": before.judged.split,
        "at": at,
        "before": _side(before),
        "after": _side(after),
        "difference": {
            threshold_name(tiou): percent(value)
            for tiou, value in zip(rule.tiou, after.mean - before.mean, strict=True)
        },
        "interval": {
            "estimate": percent(whole.estimate[0]),
            "low": percent(whole.low[0]),
            "high": percent(whole.high[0]),
            "above_zero": None
            if np.isnan(whole.above_zero[0])
            else float(whole.above_zero[0]),
        },
        "by_class": by_class,
        "videos": [
            {"video": key, "before": percent(a), "after": percent(b)}
            for key, a, b in moved(found)
        ],
    }


def _side(one: Standing) -> dict[str, object]:
    tious = map(threshold_name, one.judged.rule.tiou)
    return {
        "map": dict(zip(tious, map(percent, one.mean), strict=True)),
        "detections": one.count,
    }
