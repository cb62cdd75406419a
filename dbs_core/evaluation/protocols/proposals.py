"""Proposals: average recall against the number of proposals, as ActivityNet's kit.

Classes do not count. Of each video the same share of its proposals is looked at, best
score first; a truth is recalled when one of them overlaps it by the threshold or
more (several truths may share a proposal). Averaged over thresholds this gives AR, and
the area under it against the average number per video (AN) the kit's AUC.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from dbs_core.evaluation.protocols.activitynet import ACTIVITYNET_TIOU
from dbs_core.evaluation.protocols.matching import Thresholds
from dbs_core.records import Segments, VideoTruth
from dbs_core.records.overlap import temporal_iou

POINTS = 100


@dataclass(frozen=True, eq=False)
class ProposalReport:
    """Recall by threshold and by average number of proposals a video.

    Point p looks at the best p + 1 percent of every video's proposals.
    """

    tiou: Float64[np.ndarray, " k"]
    recall: Float64[np.ndarray, "k p"]
    proposals_per_video: Float64[np.ndarray, " p"]

    @property
    def average_recall(self) -> Float64[np.ndarray, " p"]:
        """AR: the recall averaged over the thresholds."""
        return self.recall.mean(axis=0)

    @property
    def area(self) -> float:
        """Area under AR against AN, as a share of the full area; NaN without AN."""
        last = float(self.proposals_per_video[-1])
        area = float(np.trapezoid(self.average_recall, self.proposals_per_video))
        return area / last if last else np.nan

    def at(self, proposals: float) -> float:
        """AR at an average number of proposals a video, between points linearly."""
        return float(
            np.interp(proposals, self.proposals_per_video, self.average_recall)
        )


def average_recall(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    *,
    tiou: Thresholds = ACTIVITYNET_TIOU,
    most: float | None = None,
) -> ProposalReport:
    """Give recall at 1 %, 2 %, ... 100 % of each video's proposals.

    Args:
        found: proposals of each video; those of videos without truth do not count.
        truth: truth of each video; videos without an action do not count.
        tiou: thresholds, IoU >= threshold.
        most: look at this many proposals a video on average; None for all.
    """
    truth = {video: known for video, known in truth.items() if len(known.segments)}
    thresholds = np.asarray(tiou, np.float64)
    every = sum(len(segments) for segments in found.values())
    if not truth or not every:
        return ProposalReport(
            thresholds, np.zeros((len(thresholds), POINTS)), np.zeros(POINTS)
        )
    most = every / len(truth) if most is None else most
    ranks = {
        video: _ranked(found.get(video), known, thresholds, most * len(truth) / every)
        for video, known in truth.items()
    }
    used = sum(count for count, _ in ranks.values())
    share = np.arange(1, POINTS + 1) / 100 * (most * len(truth) / max(used, 1))
    hits = np.zeros((len(thresholds), POINTS))
    for count, first in ranks.values():
        looked_at = np.minimum((count * share).astype(np.int64), count)
        hits += (first[..., None] < looked_at).sum(axis=1)
    truths = sum(len(known.segments) for known in truth.values())
    return ProposalReport(thresholds, hits / truths, share * used / len(truth))


def recall_at(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    proposals: int,
    *,
    tiou: Thresholds = ACTIVITYNET_TIOU,
) -> Float64[np.ndarray, " k"]:
    """Give the recall of the best so many proposals of every video; NaN: no truth."""
    thresholds = np.asarray(tiou, np.float64)
    hits, truths = np.zeros(len(thresholds)), 0
    for video, known in truth.items():
        _, first = _ranked(found.get(video), known, thresholds, 1.0)
        hits += (first < proposals).sum(axis=1)
        truths += len(known.segments)
    return hits / truths if truths else np.full(len(thresholds), np.nan)


_NEVER = np.iinfo(np.int64).max


def _ranked(
    proposals: Segments | None,
    truth: VideoTruth,
    tiou: Float64[np.ndarray, " k"],
    ratio: float,
) -> tuple[int, np.ndarray]:
    """Give how many proposals are looked at, and the rank `[k, m]` of each first hit.

    Equal scores: the later one first, as the kit's reversed sort has it.
    """
    first = np.full((len(tiou), len(truth.segments)), _NEVER)
    if proposals is None or not len(proposals):
        return 0, first
    count = min(int(len(proposals) * ratio), len(proposals))
    order = np.argsort(proposals.scores, kind="stable")[::-1][:count]
    for j, span in enumerate(truth.segments.spans_s):
        iou = temporal_iou(span[None], proposals.spans_s[order])[0]
        reaches = iou >= tiou[:, None]
        hit = reaches.any(axis=1)
        first[hit, j] = reaches.argmax(axis=1)[hit]
    return count, first
