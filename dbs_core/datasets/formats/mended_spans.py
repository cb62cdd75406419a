"""Spans as files give them, made into spans that have a length.

The kits tolerate what `Segments` does not: a start after the end, and no length at
all. Nothing is dropped here, so that a false detection stays a false detection.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float64

from dbs_core.datasets.counted_warnings import BEFORE_ZERO, Tally
from dbs_core.runtime.errors import InputError

SHORTEST_S = 1e-9
MOST_S = 1e9
"""No video is longer than this; a time beyond it is no time in seconds."""

EXCHANGED = "start after end, exchanged as the kit does"
BACKWARDS = "start after end, overlaps nothing as in ActivityNet's kit"
EMPTY = "no length, kept as a span of a nanosecond: it matches only its like"

Reversed = Literal["exchange", "empty"]


def mended(
    spans_s: Float64[np.ndarray, "n 2"],
    where: Callable[[int], str],
    tally: Tally,
    when_reversed: Reversed,
) -> Float64[np.ndarray, "n 2"]:
    """Give every span a length, and count what had to be mended.

    A span without length becomes a nanosecond: it overlaps an equal one fully and
    any other as good as not, as 0 / 0 and 0 do in the kits. A start after the end is
    exchanged with it (the THUMOS'14 kit sorts the two), or makes a span without
    length at the start (ActivityNet's kit finds no overlap with anything).

    Args:
        spans_s: start and end as read.
        where: names the place of a row for messages.
        tally: told what was mended.
        when_reversed: the protocol's rule, "exchange" or "empty".

    Raises:
        InputError: a time that is no finite number of seconds.
    """
    _check_finite(spans_s, where)
    start, end = spans_s[:, 0], spans_s[:, 1]
    backwards = start > end
    _count(
        EXCHANGED if when_reversed == "exchange" else BACKWARDS, backwards, where, tally
    )
    if when_reversed == "exchange":
        start, end = np.minimum(start, end), np.maximum(start, end)
    empty = start >= end
    _count(EMPTY, empty & ~backwards, where, tally)
    _count(BEFORE_ZERO, start < 0, where, tally)
    least = np.maximum(start + SHORTEST_S, np.nextafter(start, np.inf))
    return np.stack([start, np.where(empty, least, end)], axis=1)


def _check_finite(
    spans_s: Float64[np.ndarray, "n 2"], where: Callable[[int], str]
) -> None:
    # NaN fails the comparison too.
    bad = np.flatnonzero(~(np.abs(spans_s) <= MOST_S).all(axis=1))
    if len(bad):
        raise InputError(
            "no time in seconds",
            where=where(int(bad[0])),
            wanted=f"start and end within {MOST_S:g} s",
            got=spans_s[bad[0]].tolist(),
        )


def _count(
    what: str, rows: np.ndarray, where: Callable[[int], str], tally: Tally
) -> None:
    if rows.any():
        tally.add(what, where(int(np.argmax(rows))), int(rows.sum()))
