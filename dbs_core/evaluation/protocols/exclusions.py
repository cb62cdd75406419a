"""THUMOS'14 test videos that evaluations leave out (METHOD section 8.1).

Publications differ: report which list was used. With all annotation there are 213
videos.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from dbs_core.datasets.names import plain_id
from dbs_core.runtime.errors import InputError

Value = TypeVar("Value")

_WRONG = frozenset({"video_test_0000270", "video_test_0001496"})
"""HammerThrow labels on a haircut, beyond the video's end; wrong CricketShot labels."""

_ONLY_AMBIGUOUS = frozenset({"video_test_0001292"})

EXCLUSIONS: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "two": _WRONG,
    "212": _ONLY_AMBIGUOUS,
    "210": _WRONG | _ONLY_AMBIGUOUS,
}
"""`none` 213 videos; `two` the usual two wrong ones out, 211; `212` the one with only
Ambiguous out, as the author of the method; `210` all three out."""


def excluded(name: str) -> frozenset[str]:
    """Give the videos of an exclusion list (InputError when there is no such list)."""
    if name not in EXCLUSIONS:
        raise InputError(
            "no such exclusion list", wanted=" or ".join(EXCLUSIONS), got=name
        )
    return EXCLUSIONS[name]


def on_list(name: str, videos: Iterable[str]) -> frozenset[str]:
    """Give which of the videos are on a list, however their ids are spelt."""
    listed = excluded(name)
    return frozenset(v for v in videos if plain_id(v) in listed)


def without(videos: Mapping[str, Value], left_out: Collection[str]) -> dict[str, Value]:
    """Give the videos that are not left out; for detections and truth alike."""
    return {name: value for name, value in videos.items() if name not in left_out}
