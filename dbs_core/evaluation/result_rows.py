"""Rows of plain values for the tables and the files that are downloaded.

Every time stands beside its frame, the number of a picture in the video file, and its
sample, the index among the pictures that were looked at (five a second): both from 0,
so that no reader has to guess a rate.
"""

import numpy as np

from dbs_core.evaluation.judge import EVERYTHING, Judging
from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.video_matches import Matches, judge
from dbs_core.evaluation.video_spans import spans_of
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.records import ClassList, Placement, Spans, VideoResult


def native_frame(result: VideoResult, time_s: float) -> int:
    """Give the frame of the video file that is shown at a time."""
    return int((time_s + 1e-3) * result.info.frame_rate)


def _place(result: VideoResult, time_s: float) -> tuple[int, int]:
    """Frame and sample at a time."""
    sample = frame_index(result.placement.starts_s, time_s)
    return native_frame(result, time_s), sample


def _when(
    result: VideoResult, span: np.ndarray, written: np.ndarray
) -> dict[str, object]:
    """Give a span as written, with the frames at its exact start and end."""
    (first, first_index), (last, last_index) = (
        _place(result, float(time_s)) for time_s in span
    )
    return {
        "start (s)": float(written[0]),
        "end (s)": float(written[1]),
        "start frame": first,
        "end frame": last,
        "start sample": first_index,
        "end sample": last_index,
    }


def detection_rows(
    result: VideoResult,
    classes: ClassList,
    judging: Judging = EVERYTHING,
    rule: Rule = THUMOS,
) -> list[dict[str, object]]:
    """List detections as files hold them, best first, with what the truth says.

    Written as CSV, `score` reads them with the figures of the run's own file.

    Args:
        result: of the video.
        classes: what labels mean.
        judging: from which score on, and at which tIoU.
        rule: of the benchmark.
    """
    found = result.detections.as_written()
    kept, matches = _judged(result, judging, rule)
    rows: list[dict[str, object]] = []
    for i in range(kept):
        row: dict[str, object] = {
            "video": result.video_id,
            "detection": i,
            "class": classes.name_of(int(found.labels[i])),
            "score": float(found.scores[i]),
        } | _when(result, result.detections.spans_s[i], found.spans_s[i])
        if matches is not None:
            row["verdict"] = matches.verdicts[i]
            row["overlap"] = round(float(matches.overlap[i]), 4)
        rows.append(row)
    return rows


def _judged(
    result: VideoResult, judging: Judging, rule: Rule
) -> tuple[int, Matches | None]:
    """Give how many detections count, the best ones, and what becomes of them."""
    spans, least = spans_of(result), judging.threshold
    if least is not None:
        spans = spans.from_score(least)
    return len(spans.detections), judge(spans, rule, tiou=judging.tiou)


def truth_rows(
    result: VideoResult,
    classes: ClassList,
    judging: Judging = EVERYTHING,
    rule: Rule = THUMOS,
) -> list[dict[str, object]]:
    """List the truths of a video in its own order, with what found each."""
    _, matches = _judged(result, judging, rule)
    if result.truth is None or matches is None:
        return []
    truth = result.truth.segments
    rows: list[dict[str, object]] = []
    for i, (span, by) in enumerate(zip(truth.spans_s, matches.found_by, strict=True)):
        row: dict[str, object] = {
            "truth": i,
            "class": classes.name_of(int(truth.labels[i])),
            "verdict": "found" if by >= 0 else "missed",
            "found by": int(by) if by >= 0 else None,
        }
        rows.append(row | _when(result, span, np.round(span, 3)))
    return rows


def span_rows(
    video: Spans, classes: ClassList, matches: Matches | None, most: int
) -> list[dict[str, object]]:
    """List the strongest detections of a video of spans alone, judged where it can be.

    Args:
        video: its detections best first.
        classes: the classes of their labels.
        matches: what `judge` says of the video.
        most: how many at most.
    """
    found = video.detections
    rows: list[dict[str, object]] = []
    for i in range(min(len(found), most)):
        row: dict[str, object] = {
            "video": video.video_id,
            "detection": i,
            "class": classes.name_of(int(found.labels[i])),
            "score": float(found.scores[i]),
            "start (s)": float(found.spans_s[i, 0]),
            "end (s)": float(found.spans_s[i, 1]),
        }
        if matches is not None:
            row["verdict"] = matches.verdicts[i]
            row["overlap"] = float(matches.overlap[i])
        rows.append(row)
    return rows


def span_truth_rows(
    video: Spans, classes: ClassList, matches: Matches | None
) -> list[dict[str, object]]:
    """List the truths of a video of spans alone in its own order, with what found each.

    Args:
        video: with its truth, if any.
        classes: the classes of its labels.
        matches: what `judge` says of the video.
    """
    if video.truth is None or matches is None:
        return []
    truth = video.truth.segments
    return [
        {
            "truth": i,
            "class": classes.name_of(int(label)),
            "verdict": "found" if by >= 0 else "missed",
            "found by": int(by) if by >= 0 else None,
            "start (s)": float(start),
            "end (s)": float(end),
        }
        for i, (label, (start, end), by) in enumerate(
            zip(truth.labels, truth.spans_s, matches.found_by, strict=True)
        )
    ]


def candidate_rows(result: VideoResult, label: int) -> list[dict[str, object]]:
    """List a class's candidates, best first, with proposal and suppressor.

    Where a temporal head told the borders, no frame had to reach a level.
    """
    table, told = result.candidates, result.reach_s is not None
    number = {int(c): i for i, c in enumerate(table.kept)}
    ranking = table.segments.ranking
    picked = ranking[table.segments.labels[ranking] == label]
    return [
        {
            "candidate": int(i),
            "detection": number.get(int(i)),
            "score": round(float(table.segments.scores[i]), 4),
            "start (s)": round(float(table.segments.spans_s[i, 0]), 2),
            "end (s)": round(float(table.segments.spans_s[i, 1]), 2),
            "level": None if told else round(float(table.level[i]), 4),
            "proposal": int(table.proposal[i]),
            "removed by": int(table.suppressed_by[i])
            if table.suppressed_by[i] >= 0
            else None,
        }
        for i in picked
    ]


def posterior_rows(placement: Placement, index: int) -> list[dict[str, object]]:
    """List the cells of a sample with their weights, the most likely first."""
    places = zip(placement.locations[index], placement.weights[index], strict=True)
    return [
        {"row": int(row), "column": int(column), "weight": float(weight)}
        for (row, column), weight in places
        if weight > 0
    ]


def frame_rows(result: VideoResult, classes: ClassList) -> list[dict[str, object]]:
    """List every sample: when it begins to stand, frame, cell, and each class's score.

    Written as CSV they are frame scores that `score --protocol frames` reads, equal.
    """
    names = [classes.name_of(c) for c in range(classes.channels)]
    rows = []
    for i, time_s in enumerate(result.frames.starts_s):
        row: dict[str, object] = {
            "video": result.video_id,
            "time_s": float(time_s),
            "duration_s": result.frames.duration_s,
            "sample": i,
            "frame": native_frame(result, float(time_s)),
            "row": int(result.placement.best[i, 0]),
            "column": int(result.placement.best[i, 1]),
        }
        scores = result.frames.probability[i]
        # Of a float32 the few digits that read back equal, not those of its float64.
        row |= {name: float(str(s)) for name, s in zip(names, scores, strict=True)}
        rows.append(row)
    return rows
