"""Names that mean one thing: videos with and without file ending, classes in any case.

Files of one data set spell the same video `v_abc`, `abc` and `abc.mp4`, and the same
class `CleanAndJerk`, `clean_and_jerk` and `Clean and jerk`. An exact name always wins;
a name that could mean two is none.
"""

import re
from collections.abc import Callable, Iterable

from dbs_core.datasets.folders import VIDEO_SUFFIXES

_APART = re.compile(r"[\s_-]+")


def folded(name: str) -> str:
    """Give what is left of a class name without case, blanks, underscores, hyphens."""
    return _APART.sub("", name).casefold()


def without_ending(name: str) -> str:
    """Take the ending of a video file off a name: "v.mp4" is v, "v.1" stays."""
    stem, _, ending = name.rpartition(".")
    return stem if stem and f".{ending.lower()}" in VIDEO_SUFFIXES else name


def plain_id(name: str) -> str:
    """Give a video's id without blanks around it, file ending and "v_" before it."""
    bare = without_ending(name.strip())
    return bare.removeprefix("v_") or bare


def by_key(names: Iterable[str], key: Callable[[str], str]) -> dict[str, str]:
    """Give the name of each key that exactly one of the names has."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        found.setdefault(key(name), []).append(name)
    return {same: names[0] for same, names in found.items() if len(names) == 1}
