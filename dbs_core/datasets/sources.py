"""Which recordings videos were cut from: what may not lie on both sides of a fold.

A file of lines `video<TAB>...<TAB>source`, several a video where it was spliced of
several. A source named as UCF101 names clips, `v_<Class>_g17_c04`, stands for its
group: all clips of one group show the same people and place. Sources of classes that
are not the data set's own are background and bind nothing.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dbs_core.datasets.formats.text import read_text
from dbs_core.datasets.names import without_ending
from dbs_core.records import ClassList
from dbs_core.runtime.errors import InputError

_CLIP = re.compile(r"v_(?P<class>\w+)_g(?P<group>\d+)_c\d+")


def read_sources(path: Path, classes: ClassList) -> dict[str, set[str]]:
    """Read what each video was cut from.

    Raises:
        InputError: a line of another form, or no line.
    """
    found: dict[str, set[str]] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        fields = [field.strip() for field in line.split("\t")]
        if not any(fields):
            continue
        if len(fields) < 2 or not fields[0] or not fields[-1]:
            raise InputError(
                "no line of a file of sources",
                where=f"{path}:{number}",
                wanted="a video, a tab, and what it was cut from",
                got=repr(line.strip()[:80]),
            )
        sources = found.setdefault(without_ending(fields[0]), set())
        if source := source_of(fields[-1], classes):
            sources.add(source)
    if not found:
        raise InputError("no line in it", where=path, wanted="lines 'video<TAB>source'")
    return found


def source_of(name: str, classes: ClassList) -> str:
    """Give a clip's recording; "" where it shows no class of the data set."""
    clip = _CLIP.match(Path(name).name)
    if clip is None:
        return name
    known = clip["class"] in classes.names
    return f"{clip['class']} {int(clip['group'])}" if known else ""


def bound_together(sources: Sequence[Collection[str]]) -> list[int]:
    """Number videos so that those that share a source, also by way of others, agree.

    Args:
        sources: of each video; one without any stands for itself.
    """
    number: dict[str, int] = {}
    pairs = [
        (video, len(sources) + number.setdefault(source, len(number)))
        for video, one in enumerate(sources)
        for source in sorted(one)
    ]
    size = len(sources) + len(number)
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    links = coo_array((np.ones(len(pairs)), (rows, columns)), (size, size))
    _, group = connected_components(links, directed=False)
    return group[: len(sources)].tolist()
