"""From scores of detections to probabilities, and the one to show from (ours).

Both are told by videos held out. A logistic regression of right or wrong on the score
(Platt's), with one slope, and an offset for each class that is drawn to the one of all:
a class with few detections stays near it. Classes whose scores run high come down, so
that one threshold means about the same for all.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.judge import Judge
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.evaluation.video_matches import TIOU
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import BACKGROUND, Calibration

SPREAD = 0.25
"""Standard deviation, in logits, that the offsets of classes are expected to have. What
a wider one learns of a class in a few videos is not so in others: it was chosen on
folds of ucf9-untrimmed's training videos, by log loss and for both heads."""
SLOPE_SPREAD = 30.0
"""Of the slope: wide, yet it keeps it finite where scores part right from wrong."""
CLOSE = 1e-10
"""Gradient at which the fit ends."""


def fit_calibration(
    videos: Sequence[VideoSpans], actions: int, rule: Rule
) -> Calibration | None:
    """Fit the calibration to videos with truth.

    Args:
        videos: with what was found in them.
        actions: number of action classes.
        rule: says which detections are right.

    Returns:
        None where too little is known: none of the detections right or none wrong, or
        those that are right do not score higher.
    """
    known = {video.video_id: video for video in videos if video.truth is not None}
    if not any(len(video.detections) for video in known.values()):
        return None
    marks = rule.match(
        {key: video.detections for key, video in known.items()},
        {key: video.truth for key, video in known.items()},
        tiou=(TIOU,),
    )
    counted = ~marks.ignored[0]
    right = marks.true[0][counted]
    if not right.any() or right.all():
        return None
    found = marks.found.segments
    column = found.labels[counted] - BACKGROUND - 1
    slope, offsets = regress(found.scores[counted], column, right, actions)
    return Calibration(slope, offsets) if slope > 0 else None


def best_threshold(
    videos: Sequence[VideoSpans], calibration: Calibration | None, rule: Rule
) -> float | None:
    """Choose the score of highest F1 among these videos; None where none tells."""
    if calibration is not None:
        videos = [
            replace(one, detections=calibration(one.detections).as_written())
            for one in videos
        ]
    return Judge(videos, rule).best_threshold() if videos else None


def regress(
    scores: Float64[np.ndarray, " n"],
    column: Int[np.ndarray, " n"],
    right: Bool[np.ndarray, " n"],
    actions: int,
    spread: float = SPREAD,
) -> tuple[float, Float64[np.ndarray, " a"]]:
    """Give slope and offsets of highest posterior, by scikit-learn.

    Args:
        scores: of the detections.
        column: their class, from 0.
        right: whether each is right.
        actions: number of classes.
        spread: standard deviation of the offsets about the one of all.
    """
    from sklearn.linear_model import LogisticRegression  # slow to load

    # A column times what its weight is expected to be asks for weights of about 1.
    scale = np.array([SLOPE_SPREAD, SLOPE_SPREAD, *[spread] * actions])
    design = np.zeros((len(scores), 2 + actions))
    design[:, 0], design[:, 1] = scores, 1
    design[np.arange(len(scores)), 2 + column] = 1
    fitted = LogisticRegression(
        C=1.0, fit_intercept=False, solver="newton-cholesky", tol=CLOSE
    ).fit(design * scale, right)
    found = fitted.coef_[0] * scale
    return float(found[0]), found[1] + found[2:]
