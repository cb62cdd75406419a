"""Videos that moved after a run looked at them: where each of them is now.

`videos.json` in the run says it, and results stay as they were written. A video that
is where it was recorded is never replaced.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from dbs_core.runtime import files
from dbs_core.runtime.errors import InputError

MOVED = "videos.json"


def moved_to(run: Path, recorded: str) -> Path:
    """Give where a video lies now: as a result records it, or where it moved to.

    What is recorded is relative to the run where possible.

    Raises:
        InputError: the run's list of moved videos is damaged.
    """
    path = Path(recorded)
    path = path if path.is_absolute() else (run / path).resolve()
    if path.is_file() or not (run / MOVED).is_file():
        return path
    place = Path(read_moved(run).get(recorded, path))
    return place if place.is_file() else path


def read_moved(run: Path) -> dict[str, str]:
    """Read where the run's videos moved to.

    Raises:
        InputError: the list is damaged.
    """
    path = run / MOVED
    if not path.exists():
        return {}
    value = files.read_json(path)
    moved = value.get("moved") if isinstance(value, dict) else None
    if not isinstance(moved, dict) or not all(
        isinstance(place, str) and place and "\0" not in place
        for place in moved.values()
    ):
        raise InputError(
            "no list of moved videos",
            where=path,
            cure="delete it and name the folder again",
        )
    return moved


def write_moved(run: Path, found: Mapping[str, Path]) -> None:
    """Note where videos are now, as recorded, beside what was noted before.

    Raises:
        CannotWrite: the run cannot be written.
    """
    moved = read_moved(run) | {old: str(new) for old, new in found.items()}
    files.write_json(run / MOVED, {"moved": moved})


def candidates(
    recorded: Iterable[Path], below: Iterable[Path]
) -> dict[Path, list[Path]]:
    """Give the files that may be a recorded video: those whose path ends most like it.

    Those of its name; of several the ones with most of its folders' names too.
    """
    by_name: defaultdict[str, list[Path]] = defaultdict(list)
    for path in below:
        by_name[path.name].append(path)
    found: dict[Path, list[Path]] = {}
    for old in recorded:
        alike = {new: _shared_end(old, new) for new in by_name[old.name]}
        most = max(alike.values(), default=0)
        found[old] = [new for new, count in alike.items() if count == most]
    return found


def _shared_end(first: Path, second: Path) -> int:
    """Count the last parts that two paths share."""
    count = 0
    for one, other in zip(reversed(first.parts), reversed(second.parts), strict=False):
        if one != other:
            break
        count += 1
    return count
