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

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float, Float64, Int

from dbs_core.evaluation.traces import Trace, TraceTable
from dbs_core.records import Candidates, Segments
from dbs_core.records.overlap import paired_iou

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
_AT_ONCE = 1 << 16
"""Pairs of a truth and a candidate worked on together: few enough for a cache."""


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
    table = TraceTable.of([Trace(proposals, candidates)])
    number = np.zeros(len(truth), np.int64)
    return stages_of_all(truth, number, found, table, tiou, least)


def stages_of_all(
    truth: Segments,
    video: Int[np.ndarray, " m"],
    found: Bool[np.ndarray, "k m"],
    table: TraceTable,
    tiou: Float[np.ndarray, " k"],
    least: float | None = None,
) -> Int[np.ndarray, "k m"]:
    """Give the same for the truths of many videos; `video` numbers those of `table`."""
    near = _nearest(truth, video, table, least)
    proposed = _highest(truth, video, table.proposals.spans_s, table.proposals_of)
    level = tiou[:, None]
    return np.select(
        [found, *(one >= level for one in near), proposed >= level],
        [FOUND, SHARED, BELOW, SUPPRESSED, BADLY_CUT, MISNAMED, FILTERED],
        NEVER,
    )


def _nearest(
    truth: Segments, video: np.ndarray, table: TraceTable, least: float | None
) -> tuple[Float64[np.ndarray, " m"], ...]:
    """Give each truth's highest IoU with a candidate, or what one was made of.

    Of its class and counted, kept, any; what one of its class was made of; any at all.
    Below 0 where there is none.
    """
    made, proposals = table.candidates, table.proposals.spans_s
    first = table.own(np.cumsum(table.proposals_of) - table.proposals_of)
    source = proposals[first + table.proposal]
    kept = table.suppressed_by < 0
    # As files hold them: so are the detections that count.
    counts = kept if least is None else kept & (made.as_written().scores >= least)
    near = tuple(np.full(len(truth), -1.0) for _ in range(5))
    for some, starts, one, other in pairs(video, table.candidates_of):
        fits = paired_iou(truth.spans_s[one], made.spans_s[other])
        from_it = paired_iou(truth.spans_s[one], source[other])
        named = made.labels[other] == truth.labels[one]
        columns = (
            np.where(named & counts[other], fits, -1.0),
            np.where(named & kept[other], fits, -1.0),
            np.where(named, fits, -1.0),
            np.where(named, from_it, -1.0),
            np.maximum(fits, from_it),
        )
        for best, values in zip(near, columns, strict=True):
            best[some] = np.maximum.reduceat(values, starts)
    return near


def _highest(
    truth: Segments,
    video: np.ndarray,
    spans_s: Float64[np.ndarray, "p 2"],
    sizes: Int[np.ndarray, " v"],
) -> Float64[np.ndarray, " m"]:
    """Give each truth's highest IoU with a span of its video, -1 of none."""
    highest = np.full(len(truth), -1.0)
    for some, starts, one, other in pairs(video, sizes):
        overlap = paired_iou(truth.spans_s[one], spans_s[other])
        highest[some] = np.maximum.reduceat(overlap, starts)
    return highest


def pairs(
    video: Int[np.ndarray, " m"], sizes: Int[np.ndarray, " v"]
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Pair rows with all rows of their video in another table, some at a time.

    Args:
        video: of each row.
        sizes: how many rows each video has in the other table, one after the other.

    Yields:
        the rows that have any; where the pairs of each begin; and of each pair the row
        and the row of the other table.
    """
    first = (np.cumsum(sizes) - sizes)[video]
    count = sizes[video]
    some = np.flatnonzero(count)
    edges = np.flatnonzero(np.diff(np.cumsum(count[some]) // _AT_ONCE)) + 1
    for rows in np.split(some, edges):
        if len(rows):
            own = count[rows]
            starts = np.cumsum(own) - own
            one = np.repeat(rows, own)
            yield (
                rows,
                starts,
                one,
                np.arange(len(one)) + np.repeat(first[rows] - starts, own),
            )


def losses(
    stages: Int[np.ndarray, " m"], labels: Int[np.ndarray, " m"], classes: int
) -> Int[np.ndarray, "a 8"]:
    """Count the truths of each class (rows) by stage (columns), over any videos."""
    table = np.zeros((classes, len(STAGES)), np.int64)
    np.add.at(table, (labels - 1, stages), 1)
    return table
