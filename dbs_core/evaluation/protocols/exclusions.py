"""Videos that evaluations leave out: THUMOS'14's lists, or those of a file.

Publications differ in THUMOS'14's (METHOD section 8.1): report which list was used.
With all annotation there are 213 test videos.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.json_text import parse_json
from dbs_core.datasets.formats.text import read_text
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


def blocked_in(path: Path, videos: Iterable[str]) -> frozenset[str]:
    """Give which of the videos a file names, however their ids are spelt.

    ActivityNet's benchmarks block videos that are gone: a JSON list of ids, an object
    of lists of them, or lines.

    Raises:
        InputError: it cannot be read, or is something else.
    """
    text = read_text(path)
    named: object = text.split("\n")
    if text.lstrip()[:1] in ("[", "{"):
        value = parse_json(path, Tally())
        lists = value.values() if isinstance(value, dict) else (value,)
        named = [one for part in lists for one in (part if _is_list(part) else [part])]
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise InputError("no list of videos", where=path, wanted="ids as texts")
    listed = {plain_id(name) for name in named if name.strip()}
    return frozenset(v for v in videos if plain_id(v) in listed)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def on_list(name: str, videos: Iterable[str]) -> frozenset[str]:
    """Give which of the videos are on a list, however their ids are spelt."""
    listed = excluded(name)
    return frozenset(v for v in videos if plain_id(v) in listed)


def without(videos: Mapping[str, Value], left_out: Collection[str]) -> dict[str, Value]:
    """Give the videos that are not left out; for detections and truth alike."""
    return {name: value for name, value in videos.items() if name not in left_out}
