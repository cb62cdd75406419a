"""Detections as read from a file: what every reader of this package gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.class_labels import UNKNOWN, labels_of
from dbs_core.datasets.formats.mended_spans import mended
from dbs_core.datasets.formats.reading import Reading
from dbs_core.datasets.formats.video_ids import match_ids
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError


class Loaded(NamedTuple):
    """Detections of each video in file order, their classes, and counted warnings."""

    found: dict[str, Segments]
    classes: ClassList
    warnings: tuple[str, ...]


class Rows(NamedTuple):
    """The columns of a detection file, row by row, as they are written.

    `listed` are videos that the file names without a row. `first` is the number that
    files of this kind give the first class where they count the classes.
    """

    videos: Sequence[str]
    spans_s: np.ndarray
    labels: Sequence[str]
    scores: np.ndarray
    listed: Sequence[str] = ()
    first: int = 0


def loaded(
    path: Path,
    rows: Rows,
    where: Callable[[int], str],
    classes: ClassList,
    reading: Reading,
    tally: Tally,
) -> Loaded:
    """Sort the rows of a file into videos, keeping file order within each.

    Raises:
        InputError: a time or score that is no finite number, with its place; where
            there is a truth, nothing in common with it.
    """
    spans_s = mended(rows.spans_s, where, tally, reading.when_reversed)
    check_scores(rows.scores, where)
    ids = match_ids(path, rows.videos, reading, tally, rows.listed)
    labels = labels_of(rows.labels, classes, reading, where, tally, first=rows.first)
    found = _by_video(
        [ids[name] for name in rows.videos],
        spans_s,
        np.asarray(labels, np.int64),
        rows.scores,
    )
    every = [*(ids[name] for name in rows.listed), *found]
    return Loaded(
        {video_id: found.get(video_id, Segments.empty()) for video_id in every},
        classes,
        tally.lines(),
    )


def _by_video(
    videos: Sequence[str], spans_s: np.ndarray, labels: np.ndarray, scores: np.ndarray
) -> dict[str, Segments]:
    names, video = _numbered(videos)
    kept = np.flatnonzero(labels != UNKNOWN)
    order = kept[np.argsort(video[kept], kind="stable")]
    edges = np.searchsorted(video[order], np.arange(len(names) + 1))
    return {
        name: Segments(spans_s[here], labels[here], scores[here])
        for name, here in (
            (name, order[edges[i] : edges[i + 1]]) for i, name in enumerate(names)
        )
    }


def check_scores(scores: np.ndarray, where: Callable[[int], str]) -> None:
    """Check that every score is a finite number (InputError with its place)."""
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise InputError(
            "no score",
            where=where(int(bad[0])),
            wanted="a finite number",
            got=scores[bad[0]],
        )


def _numbered(names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Number names by first appearance."""
    numbers: dict[str, int] = {}
    index = [numbers.setdefault(name, len(numbers)) for name in names]
    return list(numbers), np.array(index, np.int64)
