"""THUMOS'14 temporal annotation as text files: classes, actions, ambiguous spans.

Comes in: the folder that holds `detclasslist.txt` and one file a class with lines
`video start end` in seconds (METHOD section 8.1). Goes out: a VideoTruth for each
video named there. Lines that cannot be used are left out: counted, the first few named,
each listed with file and line. Forgiven, and counted too: a start below 0 s, which is
kept as in a ground-truth JSON, a clock's time, a video's name with its file's ending.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dbs_core.datasets.class_list import AMBIGUOUS, read_classes
from dbs_core.datasets.counted_warnings import BEFORE_ZERO, Tally
from dbs_core.datasets.dataset import canonical_split
from dbs_core.datasets.folders import files_in, folders_below, some_of
from dbs_core.datasets.names import by_key, folded, without_ending
from dbs_core.datasets.text_lines import text_lines
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError

NO_LINE = "line that is no 'video start end' with start before end"
_DEPTH = 3
_ENDINGS = {
    "validation": ("_val.txt", "_validation.txt"),
    "test": ("_test.txt",),
    "train": ("_train.txt",),
}


@dataclass(frozen=True)
class Annotation:
    """The truth of every annotated video of a split, and what could not be read.

    `unusable` names, by video, the first line of each of whose lines none can be used;
    `left_out` every line that cannot, which `problems` count.
    """

    classes: ClassList
    truths: Mapping[str, VideoTruth]
    problems: tuple[str, ...]
    unusable: Mapping[str, str]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Span:
    video_id: str
    start_s: float
    end_s: float
    label: int


def read_truth(root: Path, split: str) -> dict[str, VideoTruth]:
    """Give the truth of every video that a split's annotation names.

    The videos themselves are not needed. What could not be read is in
    `read_annotation(root, split).problems`.

    Raises:
        InputError: no such folder, no class list, or no annotation of the split.
    """
    return dict(read_annotation(root, split).truths)


def read_annotation(root: Path, split: str) -> Annotation:
    """Read a split's annotation, wherever below `root` it was unpacked.

    Actions come class by class in the order of the class list, within a class in
    the order of its file: the evaluation matches in that order (METHOD 8.2).

    Raises:
        InputError: no such folder, no class list, or no annotation of the split.
    """
    split = canonical_split(split)
    classes = read_classes(root)
    folders = annotation_folders(root, split, classes)
    if not folders:
        raise InputError(
            f"no annotation of split {split}",
            where=root,
            wanted=f"<Class>{_ENDINGS[split][0]}" if split in _ENDINGS else "none",
        )
    tally = Tally()
    for folder in folders[1:]:
        tally.say(f"{folder}: second annotation of {split}, {folders[0]} is used")
    slips: dict[str, str] = {}
    spans: dict[str, list[_Span]] = {}
    for span in _spans_of(folders[0], split, classes, tally, slips):
        spans.setdefault(span.video_id, []).append(span)
    return Annotation(
        classes,
        {name: _truth(spans[name]) for name in sorted(spans)},
        tally.lines(),
        {name: where for name, where in slips.items() if name not in spans},
        tally.left_out,
    )


def annotation_folders(root: Path, split: str, classes: ClassList) -> list[Path]:
    """Find the folders with annotation files of a split, the nearest first."""
    return [
        folder
        for folder in folders_below(root, _DEPTH)
        if _class_files(folder, canonical_split(split), classes.names)
    ]


def _named_files(folder: Path, split: str) -> dict[str, Path]:
    """Map class name, as the file has it, to annotation file, for a split's files."""
    return {
        path.name[: -len(ending)]: path
        for ending in _ENDINGS.get(split, ())
        for path in files_in(folder)
        if path.name.lower().endswith(ending)
    }


def _class_files(folder: Path, split: str, names: Iterable[str]) -> dict[str, Path]:
    """Map class to its file; one in another letter case counts where none is exact."""
    named = _named_files(folder, split)
    alike = by_key(named, folded)
    single = by_key(names, folded)
    found = {}
    for name in names:
        other = alike.get(folded(name)) if folded(name) in single else None
        if name in named or other is not None:
            found[name] = named[name if name in named else str(other)]
    return found


def _spans_of(
    folder: Path, split: str, classes: ClassList, tally: Tally, slips: dict[str, str]
) -> Iterator[_Span]:
    """Read all files of a split: actions in class order, then ambiguous spans."""
    named = _named_files(folder, split)
    files = _class_files(folder, split, (AMBIGUOUS, *classes.names))
    for problem in _file_problems(folder, named, files, classes):
        tally.say(problem)
    for label, name in enumerate((AMBIGUOUS, *classes.names)):
        if name in files:
            yield from _spans(files[name], label, tally, slips)


def _file_problems(
    folder: Path,
    named: Mapping[str, Path],
    files: Mapping[str, Path],
    classes: ClassList,
) -> Iterator[str]:
    """Say which classes have no file, or one of another spelling, and what is over."""
    missing = [name for name in classes.names if name not in files]
    if missing:
        yield f"{folder}: no annotation of {some_of(missing)}"
    for name, path in sorted(files.items()):
        if named.get(name) != path:
            yield f"{path}: taken for class {name} (letter case or blanks)"
    used = set(files.values())
    for name, path in sorted(named.items()):
        if path not in used:
            yield f"{path}: class {name} is not in the class list"


def _spans(
    path: Path, label: int, tally: Tally, slips: dict[str, str]
) -> Iterator[_Span]:
    """Read a class's file; `slips` takes the first bad line of each video."""
    try:
        for where, fields in text_lines(path):
            video_id = without_ending(fields[0])
            times = _times(fields)
            if times is None:
                tally.leave_out(NO_LINE, where)
                slips.setdefault(video_id, where)
                continue
            if ":" in fields[1] + fields[2]:
                tally.add("time as m:ss or h:mm:ss, read as such", where)
            if times[0] < 0:
                tally.add(BEFORE_ZERO, where)
            if video_id != fields[0]:
                tally.add("file ending after a video's id, ignored", where)
            yield _Span(video_id, *times, label)
    except InputError as error:
        tally.say(error.without_content)


def _times(fields: list[str]) -> tuple[float, float] | None:
    if len(fields) != 3:
        return None
    try:
        start_s, end_s = clock_s(fields[1]), clock_s(fields[2])
    except ValueError:
        return None
    return (start_s, end_s) if -math.inf < start_s < end_s < math.inf else None


def clock_s(text: str) -> float:
    """Read seconds, or a clock's m:ss or h:mm:ss, as some annotators write them.

    Raises:
        ValueError: it is neither.
    """
    *larger, seconds = text.split(":")
    # More digits are no time, and too many no float.
    whole = all(part.isdecimal() and len(part) < 10 for part in larger)
    try:
        total_s = float(seconds)
    except ValueError:
        whole = False
    if not whole or len(larger) > 2 or (larger and not 0 <= total_s < 60):
        raise ValueError(f"no time in seconds: {text!r}")
    for power, part in enumerate(reversed(larger), 1):
        total_s += int(part) * 60**power
    return total_s


def _truth(spans: Iterable[_Span]) -> VideoTruth:
    actions = [span for span in spans if span.label]
    ambiguous = [span for span in spans if not span.label]
    return VideoTruth(
        Segments.of(
            [(s.start_s, s.end_s) for s in actions], [s.label for s in actions]
        ),
        np.array([(s.start_s, s.end_s) for s in ambiguous], np.float64).reshape(-1, 2),
    )
