"""What a run is called: one name for it wherever it is shown or linked to."""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.runs.places import SHIPPED_RUNS
from dbs_core.runtime.errors import printable


def run_names(runs: Mapping[str, Path]) -> dict[str, str]:
    """Give each run's name by its id: the id; before namesakes' their parents too.

    "b/mine-9c01aa" beside "a/mine-25d2bd": as many parents as tell the folders apart.
    """
    return {name: _parents(name, runs) + name for name in runs}


def named_by(text: str, runs: Mapping[str, Path]) -> str | None:
    """Give the id of the run that a link names, by its id or by any name it had.

    Typed by hand it may be its folder's name alone, where no other has that.
    """
    name = text.rsplit("/", 1)[-1]
    if name in runs:
        return name
    called = [one for one in runs if _stem(one) == text]
    return called[0] if len(called) == 1 else None


def _parents(name: str, runs: Mapping[str, Path]) -> str:
    namesakes = [runs[n] for n in runs if n != name and _stem(n) == _stem(name)]
    if not namesakes:
        return ""
    mine, others = _above(runs[name]), [_above(path) for path in namesakes]
    for count in range(1, len(mine)):
        tail = mine[-count:]
        if all(other[-count:] != tail for other in others):
            return printable("/".join(tail)) + "/"
    return ""


def _stem(name: str) -> str:
    """Give what a run's folder is called: its id less digits, or all of it."""
    if name in SHIPPED_RUNS:
        return name
    return name.rpartition("-")[0] or name


def _above(folder: Path) -> tuple[str, ...]:
    """Give the parents of the folder that an id is called after (places.run_id)."""
    named = folder.parent if folder.name == "run" else folder
    return named.parent.parts
