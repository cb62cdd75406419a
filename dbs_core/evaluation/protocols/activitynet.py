"""ActivityNet temporal detection: the rules of its own kit (METHOD section 8.5).

In each class and video the detections choose, best score first: each takes the free
truth that it overlaps most, if IoU >= threshold, else it is false. AP is the area
under the precision envelope; classes without truth in the subset do not count.
"""

from collections.abc import Mapping

import numpy as np

from dbs_core.evaluation.protocols.marks import Marks, truth_segments
from dbs_core.evaluation.protocols.matching import MatchRule, Thresholds, match_greedily
from dbs_core.evaluation.protocols.report import Report, report
from dbs_core.evaluation.protocols.span_table import tabulate
from dbs_core.records import ClassList, Segments, VideoTruth

ACTIVITYNET_TIOU = tuple(np.linspace(0.5, 0.95, 10).tolist())
"""0.5, 0.55, ..., 0.95 exactly as the kit computes them."""

RULE = MatchRule(strict=False, tie="last", rounding="sum")


def evaluate(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    *,
    tiou: Thresholds = ACTIVITYNET_TIOU,
) -> Report:
    """Give the AP of each class by ActivityNet's rules.

    Args:
        found: detections of each video, in file order.
        truth: truth of each video of the subset.
        classes: the classes that labels 1, 2, ... mean.
        tiou: thresholds, any number.
    """
    return report_on(match(found, truth, tiou=tiou), classes)


def report_on(marks: Marks, classes: ClassList) -> Report:
    """Give the same of what was matched before."""
    return report(
        marks,
        classes,
        protocol="activitynet",
        interpolation="envelope",
        rules=(
            "detection-driven matching by falling score, IoU >= threshold",
            "average precision: area under the precision envelope",
        ),
    )


def match(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    *,
    tiou: Thresholds = ACTIVITYNET_TIOU,
) -> Marks:
    """Mark every detection and truth by ActivityNet's rules."""
    videos = (*found, *(video_id for video_id in truth if video_id not in found))
    detections = tabulate(found, videos)
    truths = tabulate(truth_segments(truth), videos)
    thresholds = np.asarray(tiou, np.float64)
    # As the kit: a rising sort, reversed, so the later of two equal scores is first.
    ranking = np.argsort(detections.segments.scores, kind="stable")[::-1]
    truth_of = np.full((len(thresholds), len(detections)), -1, np.int64)
    truth_of[:, ranking] = match_greedily(
        detections.segments.spans_s[ranking],
        detections.group[ranking],
        truths.segments.spans_s,
        truths.group,
        thresholds,
        RULE,
    )
    ignored = np.zeros(truth_of.shape, bool)
    return Marks(videos, detections, truths, thresholds, truth_of, ignored, ranking)
