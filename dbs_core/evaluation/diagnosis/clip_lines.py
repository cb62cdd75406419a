"""A part of a video as lines of spans: its truth, and below what each set found there.

What is right is what the whole diagnosis says: judged by a part of the video alone, a
truth could take another detection.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from dbs_core.evaluation.diagnosis.diagnose import Diagnosis
from dbs_core.evaluation.protocols.span_table import SpanTable

TRUTH = "truth"
WORDS = {"true": "right", "false": "wrong", "ignored": "ignored"}
"""What becomes of a detection, as pages say it."""


@dataclass(frozen=True, eq=False)
class Line:
    """Spans of one class, of the truth or of one set.

    Attributes:
        name: `TRUTH`, or the name that the set goes by.
        spans_s: the truth in time order, detections best first.
        scores: of detections; NaN of truth.
        verdicts: of detections `WORDS`, of truth `found` (by any set) or `missed`.
    """

    name: str
    spans_s: Float64[np.ndarray, "n 2"]
    scores: Float64[np.ndarray, " n"]
    verdicts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ClassLines:
    """The lines of one class: truth first, then each set."""

    label: int
    lines: tuple[Line, ...]


def clip_lines(
    sets: Mapping[str, Diagnosis],
    video_id: str,
    label: int,
    tiou: float,
    between_s: tuple[float, float],
) -> list[ClassLines]:
    """Give the lines of what touches a part of a video.

    Args:
        sets: the diagnoses by the names that their lines get; the same classes in all.
        video_id: which video.
        label: of the class that comes first, whether anything of it is there or not;
            then those of the truth, then those that are only found.
        tiou: at which threshold detections are right.
        between_s: from where to where.

    Raises:
        KeyError: the threshold was not evaluated.
    """
    truth, *found = _lines(sets, video_id, tiou, between_s)
    labels = [label, *(sorted(truth) + sorted(set().union(*found)))]
    return [
        ClassLines(
            number,
            tuple(
                of_class.get(number, Line(name, np.zeros((0, 2)), np.zeros(0), ()))
                for name, of_class in zip((TRUTH, *sets), (truth, *found), strict=True)
            ),
        )
        for number in dict.fromkeys(labels)
    ]


def _lines(
    sets: Mapping[str, Diagnosis],
    video_id: str,
    tiou: float,
    between_s: tuple[float, float],
) -> list[dict[int, Line]]:
    """Give the lines of the truth, then of each set, by class."""
    truth: dict[int, Line] = {}
    found = []
    for name, one in sets.items():
        marks, level = one.marks, one.marks.at(tiou)
        here = _touching(marks.truth, marks.videos, video_id, between_s)
        by = marks.found_by[level, here] >= 0
        for number, line in _by_class(TRUTH, marks.truth, here, by).items():
            truth[number] = _either(truth[number], line) if number in truth else line
        mine = _touching(marks.found, marks.videos, video_id, between_s)
        ranked = marks.ranking[np.isin(marks.ranking, mine)]
        said = np.select(
            [marks.true[level, ranked], marks.false[level, ranked]],
            [WORDS["true"], WORDS["false"]],
            WORDS["ignored"],
        )
        found.append(_by_class(name, marks.found, ranked, said))
    return [truth, *found]


def _either(one: Line, other: Line) -> Line:
    """Call a truth found where either set has found it; both know the same truth."""
    said = zip(one.verdicts, other.verdicts, strict=True)
    verdicts = tuple("found" if "found" in pair else "missed" for pair in said)
    return Line(one.name, one.spans_s, one.scores, verdicts)


def _touching(
    table: SpanTable,
    videos: tuple[str, ...],
    video_id: str,
    between_s: tuple[float, float],
) -> Int[np.ndarray, " n"]:
    """Give the rows of a video's spans that lie in a part of it, whole or in part."""
    if video_id not in videos:
        return np.zeros(0, np.int64)
    start, end = table.segments.spans_s.T
    inside: Bool[np.ndarray, " n"] = (start < between_s[1]) & (end > between_s[0])
    return np.flatnonzero((table.video == videos.index(video_id)) & inside)


def _by_class(
    name: str, table: SpanTable, rows: np.ndarray, said: np.ndarray
) -> dict[int, Line]:
    """Part rows by their class; truth comes in the order of its times."""
    if name == TRUTH:
        order = np.lexsort(table.segments.spans_s[rows].round(3).T[::-1])
        rows, said = rows[order], np.where(said[order], "found", "missed")
    segments = table.segments.select(rows)
    return {
        label: Line(
            name,
            segments.spans_s[segments.labels == label],
            segments.scores[segments.labels == label],
            tuple(said[segments.labels == label].tolist()),
        )
        for label in np.unique(segments.labels).tolist()
    }
