"""THUMOS'14 temporal detection: the rules of TH14eventdetpr (METHOD section 8.2).

In each class and video the truths choose, in the order of their file: each takes
the free detection that it overlaps most, if IoU > threshold. So the best overlap
wins, not the best score. An unmatched detection that touches an Ambiguous span of
its video is neither right nor wrong. Detections in videos without truth are false.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool

from dbs_core.evaluation.protocols.marks import Marks, truth_segments
from dbs_core.evaluation.protocols.matching import MatchRule, Thresholds, match_greedily
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import Report, report
from dbs_core.evaluation.protocols.span_table import SpanTable, tabulate
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.records.overlap import overlaps_any

THUMOS_TIOU = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
RULE = MatchRule(strict=True, tie="first", rounding="hull")


def evaluate(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    *,
    tiou: Thresholds = THUMOS_TIOU,
    interpolation: Interpolation = "none",
) -> Report:
    """Give the AP of each class by THUMOS'14's rules.

    Args:
        found: detections of each video, in file order.
        truth: truth of each video, in file order: the order decides who chooses.
        classes: the classes that labels 1, 2, ... mean.
        tiou: thresholds, any number.
        interpolation: "none" is the headline (TH14evalDet_Updated), "11-point" the
            kit of 2014.
    """
    return report_on(match(found, truth, tiou=tiou), classes, interpolation)


def report_on(
    marks: Marks, classes: ClassList, interpolation: Interpolation = "none"
) -> Report:
    """Give the same of what was matched before."""
    return report(
        marks,
        classes,
        protocol="thumos14",
        interpolation=interpolation,
        rules=(
            "truth-driven matching in file order, IoU > threshold",
            f"average precision: {_KINDS[interpolation]}",
        ),
    )


_KINDS = {
    "none": "not interpolated",
    "11-point": "11-point interpolated",
    "envelope": "area under the precision envelope",
}


def match(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    *,
    tiou: Thresholds = THUMOS_TIOU,
) -> Marks:
    """Mark every detection and truth by THUMOS'14's rules."""
    # The kit walks through the videos by name: that orders equal scores.
    videos = tuple(sorted({*found, *truth}))
    detections = tabulate(found, videos)
    truths = tabulate(truth_segments(truth), videos)
    thresholds = np.asarray(tiou, np.float64)
    ranking = detections.segments.ranking
    found_by = match_greedily(
        truths.segments.spans_s,
        truths.group,
        detections.segments.spans_s[ranking],
        detections.group[ranking],
        thresholds,
        RULE,
    )
    truth_of = np.full((len(thresholds), len(detections)), -1, np.int64)
    level, which = np.nonzero(found_by >= 0)
    truth_of[level, ranking[found_by[level, which]]] = which
    touching = _touches_ambiguous(detections, truth, videos)
    return Marks(
        videos,
        detections,
        truths,
        thresholds,
        truth_of,
        (truth_of < 0) & touching,
        ranking,
    )


def _touches_ambiguous(
    detections: SpanTable, truth: Mapping[str, VideoTruth], videos: Sequence[str]
) -> Bool[np.ndarray, " n"]:
    """Find the detections that overlap an Ambiguous span of their video at all."""
    touching = np.zeros(len(detections), bool)
    for number, video_id in enumerate(videos):
        known = truth.get(video_id)
        if known is not None and len(known.ambiguous_s):
            here = slice(*np.searchsorted(detections.video, (number, number + 1)))
            spans_s = detections.segments.spans_s[here]
            touching[here] = overlaps_any(spans_s, known.ambiguous_s)
    return touching
