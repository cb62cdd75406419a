"""The entries of a ground truth: what is sound in each, and what cannot be used.

`{"subset": ..., "duration": 83.7, "annotations": [{"label": ..., "segment": [0, 1]}]}`.
One slip of an annotator must not cost the other twenty thousand videos: it is left out,
counted, and named. A video of whose instances none can be used is left out whole, since
it would pass for one without any action.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.label_numbers import integer
from dbs_core.datasets.formats.mended_spans import MOST_S, Reversed, mended

_NO_NUMBERS = (TypeError, ValueError, KeyError, OverflowError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One video: subset, length where it is told, and a span and a class each."""

    subset: str
    duration_s: float | None
    spans_s: np.ndarray
    numbers: np.ndarray


class Entries:
    """The sound entries so far. Classes are numbered as they come, in `names`."""

    def __init__(self, path: Path, tally: Tally, when_reversed: Reversed) -> None:
        self._path, self._tally, self._rule = path, tally, when_reversed
        self.names: dict[str, int] = {}
        self.ids: dict[str, set[int | None]] = {}
        self.entries: dict[str, Entry] = {}

    def take(self, video_id: str, entry: Any) -> None:
        """Keep what is sound in a video's entry; of a video twice the last counts."""
        where = f"{self._path}: database.{video_id}"
        self.entries.pop(video_id, None)
        if not isinstance(entry, dict):
            self._tally.leave_out("entry that is no object", where)
            return
        rows = entry.get("annotations", [])
        if not isinstance(rows, list):
            self._tally.leave_out("entry whose annotations are no list", where)
            return
        kept = range(len(rows)) if _all_sound(rows) else self._sound(rows, where)
        if len(kept) == 0 < len(rows):
            self._tally.leave_out("video without an instance that can be used", where)
            return
        rows = [rows[place] for place in kept]
        spans_s = np.array([row["segment"] for row in rows], np.float64).reshape(-1, 2)
        self.entries[video_id] = Entry(
            str(entry.get("subset", "")),
            self._duration(entry.get("duration"), where),
            mended(
                spans_s,
                lambda row: f"{where}.annotations[{kept[row]}]",
                self._tally,
                self._rule,
            ),
            self._numbers(rows),
        )

    def _sound(self, rows: Sequence[Any], where: str) -> list[int]:
        """Give the places of the instances that can be used; tell of the others."""
        kept = []
        for place, row in enumerate(rows):
            if slip := _slip(row):
                self._tally.leave_out(slip, f"{where}.annotations[{place}]")
            else:
                kept.append(place)
        return kept

    def _numbers(self, rows: Sequence[Any]) -> np.ndarray:
        """Number the classes of sound rows, and note the ids that stand with them."""
        labels = [row["label"] for row in rows]
        ids = {(row["label"], str(row["label_id"])) for row in rows if _has_id(row)}
        for label, number in ids:
            self.ids.setdefault(label, set()).add(integer(number))
        new = self.names
        return np.array([new.setdefault(one, len(new)) for one in labels], np.int64)

    def _duration(self, told: Any, where: str) -> float | None:
        if told is None:
            return None
        try:
            duration_s = float(told)
        except _NO_NUMBERS:
            duration_s = 0.0
        if 0 < duration_s <= MOST_S:
            return duration_s
        self._tally.add("duration that is no time in seconds, not used", where)
        return None


def _has_id(row: Any) -> bool:
    return row.get("label_id") is not None


def _all_sound(rows: Sequence[Any]) -> bool:
    """Say in one go whether all instances of a video can be used."""
    try:
        spans_s = np.array([row["segment"] for row in rows], np.float64)
        texts = all(type(row["label"]) is str for row in rows)
    except _NO_NUMBERS:
        return False
    shaped = spans_s.shape == (len(rows), 2) or not rows
    return texts and shaped and bool((np.abs(spans_s) <= MOST_S).all())


def _slip(row: Any) -> str:
    """Say what is wrong with an instance; nothing where it can be used."""
    if not isinstance(row, dict):
        return "instance that is no object"
    if not isinstance(row.get("label"), str):
        return "instance without a label"
    try:
        start_s, end_s = map(float, row["segment"])
    except _NO_NUMBERS:
        return "instance without a segment of two numbers"
    if not (abs(start_s) <= MOST_S and abs(end_s) <= MOST_S):
        return f"instance without start and end within {MOST_S:g} s"
    return ""
