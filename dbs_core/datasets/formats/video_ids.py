"""Video ids of a result file, matched with those of the truth.

`v_abc`, `abc` and `abc.mp4` are one video where the truth has only one of them.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.reading import Reading
from dbs_core.datasets.names import by_key, plain_id
from dbs_core.runtime.errors import InputError


def matched(names: Sequence[str], reading: Reading) -> dict[str, str]:
    """Give the truth's id of each name; its own where the truth has no such video."""
    alike = by_key(reading.videos, plain_id)
    own = set(reading.videos)
    return {
        name: name if name in own else alike.get(plain_id(name), name)
        for name in dict.fromkeys(names)
    }


def match_ids(
    path: Path,
    names: Sequence[str],
    reading: Reading,
    tally: Tally,
    listed: Sequence[str] = (),
) -> dict[str, str]:
    """Give the truth's id of each row's video and of each that is only listed.

    Raises:
        InputError: no row at all, or no video of them is one of the truth.
    """
    if not reading.videos:
        return {name: name for name in (*names, *listed)}
    if not names:
        raise InputError(
            "no detection in it",
            where=path,
            cure="see whether the run that wrote it was cut off",
        )
    ids = matched((*names, *listed), reading)
    _check_common(path, [ids[name] for name in names], reading)
    changed = [name for name, video_id in ids.items() if name != video_id]
    if changed:
        counts = Counter(names)
        tally.add(
            f"video id in another spelling, {changed[0]!r} is {ids[changed[0]]}",
            path,
            sum(counts[name] for name in changed),
        )
    return ids


def _check_common(path: Path, ids: Sequence[str], reading: Reading) -> None:
    if not set(reading.videos).isdisjoint(ids):
        return
    raise InputError(
        "no video of it is in the truth",
        where=path,
        wanted=f"ids like {min(reading.videos)!r}",
        got=repr(ids[0]),
        cure=_elsewhere(set(ids), reading),
    )


def _elsewhere(ids: Collection[str], reading: Reading) -> str:
    """Name the subset that the videos are of, where it is another one."""
    subsets = {plain_id(name): subset for name, subset in reading.subsets.items()}
    found = Counter(
        subsets[plain_id(name)] for name in ids if plain_id(name) in subsets
    )
    if not found:
        return ""
    subset, times = found.most_common(1)[0]
    return f"{times} of its videos are of subset {subset}: --split {subset}"
