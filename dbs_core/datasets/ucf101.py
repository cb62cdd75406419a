"""UCF101 and every data set in its layout: trimmed clips, one class each.

```
ROOT/
  <Class>/v_<Class>_g01_c01.avi      the clips (also below UCF-101/ or train/, test/)
  classInd.txt                       lines "id name", if given
  trainlist01.txt testlist01.txt     which clip is in which split, if given
```

A clip's class is the name of its folder, or stands in its file name where it lies
loose. The whole clip is one instance of it.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dbs_core.datasets.class_list import parse_classes
from dbs_core.datasets.dataset import Dataset, without_repeats
from dbs_core.datasets.folders import folders_below, some_of, split_named, videos_below
from dbs_core.datasets.text_lines import text_lines
from dbs_core.method.video import duration_s
from dbs_core.records import ClassList, Segments, VideoEntry, VideoTruth
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress

_DEPTH = 3
_CLIP_NAME = re.compile(r"v_(?P<name>.+)_g\d+_c\d+", re.ASCII)


def open_ucf101(root: Path, progress: Progress = SILENT) -> Dataset:
    """Read trimmed clips in the UCF101 layout.

    Clips that the split lists do not name, or whose class is unknown, are left out
    and are a problem; a clip that cannot be opened stays, with truth None.

    Raises:
        InputError: no such folder, or no clip with a class in it.
        Cancelled: `progress` says so; reading the clips' lengths takes a while.
    """
    clips = {path: class_of(path, root) for path in videos_below(root, _DEPTH)}
    classes, problems = _classes(root, clips)
    splits = _splits(root, clips, problems)
    entries = []
    for done, (path, split) in enumerate(splits.items(), start=1):
        progress("Clips", done, len(splits), path.name)
        name = clips[path]
        if name is not None and name in classes.names:
            truth = _whole_clip(path, classes.label_of(name), problems)
            entries.append(VideoEntry(path.stem, path, split, truth))
    if not entries:
        raise InputError(
            "no clip with a class in it",
            where=root,
            wanted="<Class>/v_<Class>_g01_c01.avi",
        )
    kept, twice = without_repeats(entries)
    return Dataset(
        root.resolve().name, "ucf101", root, classes, kept, (*problems, *twice)
    )


def class_of(path: Path, root: Path) -> str | None:
    """Give a clip's class: its folder, or for a loose clip its file name."""
    folder = path.parent
    if folder != root and split_named(folder) is None:
        return folder.name
    named = _CLIP_NAME.fullmatch(path.stem)
    return named["name"] if named else None


def _classes(
    root: Path, clips: Mapping[Path, str | None]
) -> tuple[ClassList, list[str]]:
    """Take the classes of `classInd.txt`, else those of the clips by alphabet."""
    present = {name for name in clips.values() if name is not None}
    listed = _list_file(root, "classInd.txt")
    alphabet = ClassList(tuple(sorted(present)), tuple(range(1, len(present) + 1)))
    classes = parse_classes(listed) if listed else alphabet
    problems = []
    if unknown := present - set(classes.names):
        problems.append(f"{listed}: class not in it, left out: {some_of(unknown)}")
    if loose := [path.name for path, name in clips.items() if name is None]:
        problems.append(f"{root}: of no class, left out: {some_of(loose)}")
    return classes, problems


def _splits(root: Path, clips: Iterable[Path], problems: list[str]) -> dict[Path, str]:
    """Give each clip's split: from the lists, else its folders, else train."""
    listed = {
        name: split
        for split in ("train", "test")
        if (path := _list_file(root, f"{split}list01.txt"))
        for name in _listed_clips(path)
    }
    if not listed:
        return {path: _split_above(path, root) for path in clips}
    by_name = {path.name: path for path in clips}
    if lost := set(listed) - set(by_name):
        problems.append(f"{root}: in a split list without a file: {some_of(lost)}")
    if unlisted := set(by_name) - set(listed):
        problems.append(f"{root}: in no split list, left out: {some_of(unlisted)}")
    return {path: listed[name] for name, path in by_name.items() if name in listed}


def _listed_clips(path: Path) -> list[str]:
    """File names in a list with lines `Class/clip.avi [label]`."""
    return [fields[0].rsplit("/", 1)[-1] for _, fields in text_lines(path)]


def _list_file(root: Path, name: str) -> Path | None:
    return next(
        (path for f in folders_below(root, 1) if (path := f / name).is_file()), None
    )


def _split_above(path: Path, root: Path) -> str:
    above = path.parent.relative_to(root).parts
    return next((s for part in above if (s := split_named(Path(part)))), "train")


def _whole_clip(path: Path, label: int, problems: list[str]) -> VideoTruth | None:
    try:
        segments = Segments.of([(0.0, duration_s(path))], [label])
    except InputError as error:
        problems.append(str(error))
        return None
    return VideoTruth(segments, VideoTruth.none().ambiguous_s)
