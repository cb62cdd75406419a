"""Detections as read from a file: what every reader of this package gives."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.mended_spans import Reversed, mended
from dbs_core.records import ClassList, Segments
from dbs_core.runtime.errors import InputError


class Loaded(NamedTuple):
    """Detections of each video in file order, their classes, and counted warnings."""

    found: dict[str, Segments]
    classes: ClassList
    warnings: tuple[str, ...]


class Rows(NamedTuple):
    """The columns of a detection file, row by row; -1 labels are left out."""

    videos: Sequence[str]
    spans_s: np.ndarray
    labels: Sequence[int]
    scores: np.ndarray


def by_video(
    rows: Rows, where: Callable[[int], str], tally: Tally, when_reversed: Reversed
) -> dict[str, Segments]:
    """Sort the rows of a file into videos, keeping file order within each.

    Raises:
        InputError: a time or score that is no finite number, with its place.
    """
    spans_s = mended(rows.spans_s, where, tally, when_reversed)
    check_scores(rows.scores, where)
    labels = np.asarray(rows.labels, np.int64)
    names, video = _numbered(rows.videos)
    kept = np.flatnonzero(labels >= 0)
    order = kept[np.argsort(video[kept], kind="stable")]
    edges = np.searchsorted(video[order], np.arange(len(names) + 1))
    return {
        name: Segments(spans_s[here], labels[here], rows.scores[here])
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
