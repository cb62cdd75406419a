"""THUMOS'14 annotation folders, written; `datasets.annotation` reads them."""

from collections.abc import Mapping
from pathlib import Path

from dbs_core.datasets.class_list import AMBIGUOUS, CLASS_LIST
from dbs_core.datasets.dataset import canonical_split
from dbs_core.datasets.formats.text import write_text
from dbs_core.datasets.formats.thumos_submission import official_id
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runtime.errors import InputError

_ENDING = {"validation": "val", "test": "test", "train": "train"}


def write_annotation(
    folder: Path, truth: Mapping[str, VideoTruth], classes: ClassList, split: str
) -> None:
    """Write a split's truth: one file a class, Ambiguous, and the class list.

    Lines are `video  start end` as in the official files; a class without instance
    gets an empty file, since the kit asks for one. Videos without a span leave no
    trace in this layout.

    Raises:
        InputError: a name that the layout cannot hold, a label without class, or no
            such split.
    """
    ending = _ENDING.get(canonical_split(split))
    if ending is None:
        raise InputError(
            "no annotation of such a split",
            where=folder,
            wanted=" or ".join(_ENDING),
            got=split,
        )
    write_class_list(folder / CLASS_LIST, classes)
    for name, spans in _by_class(folder, truth, classes).items():
        lines = [f"{video}  {start!r} {end!r}\n" for video, start, end in spans]
        write_text(folder / f"{name}_{ending}.txt", "".join(lines))


def _by_class(
    folder: Path, truth: Mapping[str, VideoTruth], classes: ClassList
) -> dict[str, list[tuple[str, float, float]]]:
    """Sort all spans by class name, in the order of videos and of their truth."""
    spans: dict[str, list[tuple[str, float, float]]] = {
        _checked(folder, "class", name): [] for name in (*classes.names, AMBIGUOUS)
    }
    for video, known in truth.items():
        _checked(folder, "video", video)
        for label, (start, end) in zip(
            known.segments.labels.tolist(), known.segments.spans_s.tolist(), strict=True
        ):
            official_id(folder, label, classes)  # is it a class at all?
            spans[classes.name_of(label)].append((video, start, end))
        spans[AMBIGUOUS] += [(video, *span) for span in known.ambiguous_s.tolist()]
    return spans


def _checked(folder: Path, what: str, name: str) -> str:
    """Give a name back that fits into a line and a file name."""
    if len(name.split()) != 1 or "/" in name or "\\" in name:
        raise InputError(
            f"{what} name that the layout cannot hold",
            where=folder,
            wanted="no blanks or slashes",
            got=repr(name),
        )
    return name


def write_class_list(path: Path, classes: ClassList) -> None:
    """Write a class list: lines `id name`."""
    pairs = zip(classes.official_ids, classes.names, strict=True)
    write_text(path, "".join(f"{official} {name}\n" for official, name in pairs))
