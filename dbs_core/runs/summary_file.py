"""The file of a split's summaries: columns of numbers, all videos one after another.

Ten thousand videos are read in a second; what became of their proposals only becomes
records where somebody asks for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from dbs_core.evaluation.traces import Trace, TraceTable
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import Segments, VideoTruth
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.files import read_arrays, write_arrays

SCHEMA = 1

Column = Callable[[Summary, Trace], object]


def _of_truth(part: Callable[[VideoTruth], np.ndarray], empty: np.ndarray) -> Column:
    return lambda row, _: part(row.spans.truth) if row.spans.truth else empty


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "labels": lambda row, _: np.asarray(row.labels, np.int64),
        "spark": lambda row, _: np.asarray(row.spark, np.float64),
        "found_s": lambda row, _: row.spans.detections.spans_s,
        "found_labels": lambda row, _: row.spans.detections.labels,
        "found_scores": lambda row, _: row.spans.detections.scores,
        "truth_s": _of_truth(lambda x: x.segments.spans_s, np.zeros((0, 2))),
        "truth_labels": _of_truth(lambda x: x.segments.labels, np.zeros(0, np.int64)),
        "ambiguous_s": _of_truth(lambda x: x.ambiguous_s, np.zeros((0, 2))),
        "proposals_s": lambda _, trace: trace.proposals.spans_s,
        "proposals_labels": lambda _, trace: trace.proposals.labels,
        "proposals_scores": lambda _, trace: trace.proposals.scores,
        "candidates_s": lambda _, trace: trace.candidates.segments.spans_s,
        "candidates_labels": lambda _, trace: trace.candidates.segments.labels,
        "candidates_scores": lambda _, trace: trace.candidates.segments.scores,
        "proposal": lambda _, trace: trace.candidates.proposal,
        "level": lambda _, trace: trace.candidates.level,
        "suppressed_by": lambda _, trace: trace.candidates.suppressed_by,
    }
)
"""What has another length in each video; `NAME.n` says the lengths."""
TEXTS = ("stamp", "video_id", "key", "notes")


def write_summaries(path: Path, rows: Iterable[Summary]) -> None:
    """Write summaries of results that could be read.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    rows = tuple(rows)
    traces = tuple(row.trace() for row in rows)
    arrays = {
        "duration_s": np.array([row.duration_s for row in rows], np.float64),
        "best": np.array([row.best for row in rows], np.float64),
        "thumb": np.array([row.thumb for row in rows], np.int64),
        "known": np.array([row.spans.truth is not None for row in rows], bool),
    }
    for name, of in COLUMNS.items():
        parts = [np.asarray(of(*pair)) for pair in zip(rows, traces, strict=True)]
        arrays[f"{name}.n"] = np.array([len(part) for part in parts], np.int64)
        arrays[name] = np.concatenate(parts) if parts else np.zeros(0)
    texts = {name: [getattr(row, name) for row in rows] for name in TEXTS}
    write_arrays(path, arrays, {"schema": SCHEMA, **texts})


def read_summaries(path: Path) -> Mapping[str, Summary]:
    """Read what was kept, by key; anything unfit is to be made again: nothing."""
    try:
        arrays, header = read_arrays(path)
        if header["schema"] != SCHEMA:
            return {}
        return {row.key: row for row in _rows(arrays, header)}
    except (InputError, *store.MISFITS):
        return {}


def _rows(
    arrays: Mapping[str, np.ndarray], header: Mapping[str, Sequence[str]]
) -> Iterable[Summary]:
    ends = {name: np.cumsum(arrays[f"{name}.n"]) for name in COLUMNS}

    def part(name: str, number: int) -> np.ndarray:
        end = int(ends[name][number])
        return arrays[name][end - int(arrays[f"{name}.n"][number]) : end]

    plain = [arrays[name].tolist() for name in ("duration_s", "best", "thumb", "known")]
    texts = [header[name] for name in TEXTS]
    traces = _table(arrays).makers()
    for number, (*words, duration_s, best, thumb, known, trace) in enumerate(
        zip(*texts, *plain, traces, strict=True)
    ):
        stamp, video_id, key, notes = (str(word) for word in words)
        here = partial(part, number=number)
        yield Summary(
            stamp=stamp,
            video_id=video_id,
            key=key,
            duration_s=duration_s,
            labels=tuple(here("labels").tolist()),
            spans=VideoSpans(
                video_id, _segments(here, "found"), _truth(here) if known else None
            ),
            best=best,
            spark=tuple(here("spark").tolist()),
            thumb=thumb,
            notes=notes,
            trace=trace,
        )


def _segments(part: Callable[[str], np.ndarray], name: str) -> Segments:
    return Segments(part(f"{name}_s"), part(f"{name}_labels"), part(f"{name}_scores"))


def _truth(part: Callable[[str], np.ndarray]) -> VideoTruth:
    known = Segments.of(part("truth_s"), part("truth_labels"))
    return VideoTruth(known, part("ambiguous_s"))


def _table(arrays: Mapping[str, np.ndarray]) -> TraceTable:
    """Put the traces of all videos into one table."""

    def segments(name: str) -> Segments:
        return _segments(arrays.__getitem__, name)

    return TraceTable(
        segments("proposals"),
        arrays["proposals_s.n"],
        segments("candidates"),
        arrays["candidates_s.n"],
        arrays["proposal"],
        arrays["level"],
        arrays["suppressed_by"],
    )
