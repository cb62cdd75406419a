"""Detections from frames that know how far their action reaches (ours).

Every frame is a proposal: the span that its reach tells, as in anchor-free detectors
(DIoU-trained, one a frame). It becomes a candidate of each class with some score
there, with that class's own reach where the head tells one, ranked by the geometric
mean of that score and of how the span's frames stand out from those beside it; NMS
keeps the best of each action. Takes the place of grouping and refinement (METHOD
sections 6 and 7) where a run has a temporal head.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64, Int64

from dbs_core.method.detection.refinement import ranking
from dbs_core.method.detection.settings import HeadSettings, RefinementSettings
from dbs_core.records import BACKGROUND, Candidates, FrameScores, Reach, Segments
from dbs_core.records.overlap import nms

SHORTEST_S = 0.05
"""No span is shorter, or a detection could have no length."""
LEAST = 1e-4
"""Smallest score: a span that stands out from nothing is still ranked by its frame."""


def bounded(
    scores: FrameScores,
    reach_s: Reach,
    settings: HeadSettings,
    refinement: RefinementSettings,
) -> tuple[Segments, Candidates]:
    """Turn frames and their reach into proposals and candidates.

    Args:
        scores: frame scores.
        reach_s: seconds back to the start and forward to the end.
        settings: which frames count, and the NMS.
        refinement: for how wide "beside" is.

    Returns:
        One proposal for every frame with a score above the floor, label 0, scored by
        its actionness; the candidates, and which of them are detections.
    """
    action = scores.probability.astype(np.float64)[:, BACKGROUND + 1 :]
    own = _own_scores(action, reach_s)
    chosen = np.flatnonzero((own > settings.floor).any(axis=1))
    spans = spans_of(scores, reach_s)
    frame, column = np.nonzero(own > settings.floor)
    proposals = Segments(
        spans[chosen, own[chosen].argmax(axis=1)],
        np.zeros(len(chosen), np.int64),
        action[chosen].sum(axis=1),
    )
    labels = column + BACKGROUND + 1
    rule = replace(refinement, score="contrast")
    told = spans[frame, column]
    stands_out = ranking(scores, _frames_in(scores, told), labels, rule)
    score = np.sqrt(np.maximum(stands_out, LEAST) * own[frame, column])
    segments = Segments(told, labels, score)
    origin = np.searchsorted(chosen, frame)
    return proposals, Candidates(
        segments, origin, np.zeros(len(origin)), nms(segments, settings.overlap)
    )


def spans_of(scores: FrameScores, reach_s: Reach) -> Float64[np.ndarray, "t a 2"]:
    """Give the span that each frame tells of each action class, inside the video."""
    reach = reach_s.astype(np.float64)
    if reach.ndim == 2:  # one for all classes
        actions = scores.probability.shape[1] - BACKGROUND - 1
        reach = np.repeat(reach[:, None], actions, axis=1)
    times_s = scores.times_s[:, None]
    start = np.maximum(times_s - reach[..., 0], 0.0)
    end = np.minimum(times_s + reach[..., 1], scores.duration_s)
    end = np.maximum(end, SHORTEST_S)
    return np.stack([np.minimum(start, end - SHORTEST_S), end], axis=-1)


def _own_scores(
    action: Float64[np.ndarray, "t a"], reach_s: Reach
) -> Float64[np.ndarray, "t a"]:
    """Give the scores by which spans are chosen: the head's own where it tells them."""
    return action if reach_s.ndim == 2 else reach_s[..., 2].astype(np.float64)


def _frames_in(
    scores: FrameScores, spans: Float64[np.ndarray, "n 2"]
) -> Int64[np.ndarray, "n 2"]:
    """Frames `[first, one past last)` of each span, at least one."""
    edges, last = scores.edges_s, len(scores)
    # A frame counts as inside a span when half of it is.
    half_s = float(np.median(np.diff(edges))) / 2
    first = np.searchsorted(edges, spans[:, 0] + half_s, side="right") - 1
    first = np.clip(first, 0, last - 1)
    end = np.searchsorted(edges, spans[:, 1] - half_s, side="left")
    return np.stack([first, np.maximum(np.clip(end, 0, last), first + 1)], axis=1)
