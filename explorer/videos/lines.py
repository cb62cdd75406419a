"""The lines of a table of videos: what is kept, judged as chosen, in which order."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dbs_core.evaluation.judge import Judge, Judged, Judging
from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import ClassList


@dataclass(frozen=True)
class Line:
    """A video, and how it is judged: of the classes that are chosen."""

    summary: Summary
    judged: Judged

    @property
    def video_id(self) -> str:
        """Name of the video."""
        return self.summary.video_id


@dataclass(frozen=True)
class Wanted:
    """What a table is to show. No class named: all of them."""

    text: str = ""
    classes: Sequence[str] = ()
    where: str = "either"
    wrong_only: bool = False
    order: str = "Name"


def _precision(line: Line) -> float:
    """Videos without truth come last."""
    value = line.judged.precision
    return 2.0 if value is None else value


ORDERS: Mapping[str, Callable[[Line], object]] = {
    "Worst first": lambda x: (_precision(x), -x.judged.errors, x.video_id),
    "Name": lambda x: x.video_id,
    "Longest": lambda x: -x.summary.duration_s,
    "Strongest": lambda x: -x.summary.best,
}

WHERE: Mapping[str, Callable[[Summary], frozenset[int]]] = {
    "either": lambda x: x.in_truth() | x.among_detections(),
    "present": Summary.in_truth,
    "found": Summary.among_detections,
}
"""Where a class that is looked for may be: in the truth, among the detections."""


def keep(
    rows: Sequence[Summary],
    judge: Judge,
    judging: Judging,
    classes: ClassList,
    wanted: Wanted,
) -> list[Line]:
    """Judge, filter and sort the videos."""
    labels = frozenset(classes.label_of(name) for name in wanted.classes)
    judged = judge.videos_at(judging, labels)
    needle, where = wanted.text.strip().casefold(), WHERE[wanted.where]
    words = _words(tuple(rows), classes) if needle else itertools.repeat("")
    lines = [
        Line(row, judged[row.video_id])
        for row, said in zip(rows, words, strict=False)
        if (not labels or labels & where(row)) and needle in said
    ]
    kept = [x for x in lines if x.judged.errors or not wanted.wrong_only]
    return sorted(kept, key=ORDERS.get(wanted.order, ORDERS["Name"]))  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _words(rows: tuple[Summary, ...], classes: ClassList) -> tuple[str, ...]:
    """Give what is searched in, once for all letters that somebody types."""
    said = (
        [row.video_id, *(classes.name_of(label) for label in row.labels)]
        for row in rows
    )
    return tuple(" ".join(words).casefold() for words in said)


@dataclass(frozen=True)
class Totals:
    """What a table of videos holds in all; `truths` are those that are known."""

    videos: int
    duration_s: float
    found: int
    truths: int


def totals(lines: Sequence[Line]) -> Totals:
    """Add lines up."""
    return Totals(
        len(lines),
        sum((x.summary.duration_s for x in lines), 0.0),
        sum(x.judged.found for x in lines),
        sum(x.judged.instances or 0 for x in lines),
    )
