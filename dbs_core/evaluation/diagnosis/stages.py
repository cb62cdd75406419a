"""At which stage of our own path a truth was lost.

A truth that no detection found is told by how far it came, the furthest first:

1. `shared`: a detection of its class fits it and went to another truth;
2. `below threshold`: a detection of its class fits it, and scores too little to count;
3. `suppressed`: a candidate of its class fits it, and NMS removed it;
4. `badly cut`: a proposal fits it and got its class, the refined span does not fit;
5. `misnamed`: a proposal or candidate fits it and got another class;
6. `filtered`: a proposal fits it, and background won all of them;
7. `never proposed`: no proposal and no candidate fits it.

"Fits" is IoU >= threshold.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

from dbs_core.records import Candidates, Segments
from dbs_core.records.overlap import temporal_iou

STAGES = (
    "found",
    "shared",
    "below threshold",
    "suppressed",
    "badly cut",
    "misnamed",
    "filtered",
    "never proposed",
)
FOUND, SHARED, BELOW, SUPPRESSED, BADLY_CUT, MISNAMED, FILTERED, NEVER = range(8)


def stages_of(
    truth: Segments,
    found: Bool[np.ndarray, "k m"],
    proposals: Segments,
    candidates: Candidates,
    tiou: Float[np.ndarray, " k"],
    least: float | None = None,
) -> Int[np.ndarray, "k m"]:
    """Give the stage (index into `STAGES`) that each truth of a video reached.

    Args:
        truth: the video's actions.
        found: which of them a detection found (`VideoMarks.found_by >= 0`).
        proposals: the video's proposals.
        candidates: what refinement and NMS made of them.
        tiou: the thresholds the marks were made with.
        least: the score from which a detection counts; None for all.
    """
    spans_s, labels = candidates.segments.spans_s, candidates.segments.labels
    named = labels[None] == truth.labels[:, None]  # [m, candidates]
    level = tiou[:, None, None]
    fits = temporal_iou(truth.spans_s, spans_s) >= level  # [k, m, candidates]
    proposed = temporal_iou(truth.spans_s, proposals.spans_s) >= level
    from_fitting = proposed[:, :, candidates.proposal]
    kept = candidates.suppressed_by < 0
    # As files hold them: so are the detections that count.
    scores = candidates.segments.as_written().scores
    counts = kept if least is None else kept & (scores >= least)
    return np.select(
        [
            found,
            (named & fits & counts).any(axis=2),
            (named & fits & kept).any(axis=2),
            (named & fits).any(axis=2),
            (named & from_fitting).any(axis=2),
            (fits | from_fitting).any(axis=2),
            proposed.any(axis=2),
        ],
        [FOUND, SHARED, BELOW, SUPPRESSED, BADLY_CUT, MISNAMED, FILTERED],
        NEVER,
    )


def losses(
    stages: Int[np.ndarray, " m"], labels: Int[np.ndarray, " m"], classes: int
) -> Int[np.ndarray, "a 8"]:
    """Count the truths of each class (rows) by stage (columns), over any videos."""
    table = np.zeros((classes, len(STAGES)), np.int64)
    np.add.at(table, (labels - 1, stages), 1)
    return table
