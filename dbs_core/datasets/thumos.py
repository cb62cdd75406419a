"""THUMOS'14 and every data set in its layout: untrimmed videos with annotation.

```
ROOT/
  detclasslist.txt               lines "id name"
  validation/ test/              the videos (or TH14_validation_set_mp4/ ...)
  annotation_val/                <Class>_val.txt, Ambiguous_val.txt
  annotation_test/               <Class>_test.txt, Ambiguous_test.txt
```

Annotation may lie deeper, as the official archives unpack it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dbs_core.datasets.annotation import Annotation, annotation_folders, read_annotation
from dbs_core.datasets.class_list import read_classes
from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.dataset import Dataset, canonical_split, without_repeats
from dbs_core.datasets.folders import folders_in, some_of, split_named, videos_below
from dbs_core.records import ClassList, VideoEntry, VideoTruth
from dbs_core.records.video import SPLITS
from dbs_core.runtime.errors import InputError

_DEPTH = 2
SHOWN = 3


def open_thumos(
    root: Path, videos: Mapping[str, Path] | None = None, *, alone: bool = False
) -> Dataset:
    """Read a data set in the THUMOS'14 layout.

    A video without a line in an annotated split contains no action; in a split
    without annotation nothing is known of it. One of whose lines none can be used is
    left out, since it would pass for one without action. Annotated videos whose file is
    missing are a problem; the rest goes on.

    Args:
        root: the folder with class list and annotation.
        videos: folder of each split's videos; None to look for them in `root`.
        alone: annotation alone will do: features stand for videos.

    Raises:
        InputError: no such folder, no class list, or no video file.
    """
    classes = read_classes(root)
    folders = split_folders(root) if videos is None else _given(videos)
    if alone:
        annotated = [s for s in SPLITS if annotation_folders(root, s, classes)]
        folders = {split: folders.get(split, []) for split in annotated} | folders
    entries: list[VideoEntry] = []
    problems: list[str] = []
    absent: dict[str, Mapping[str, VideoTruth]] = {}
    left_out: list[str] = []
    for split, places in folders.items():
        found = [path for place in places for path in videos_below(place, _DEPTH)]
        annotation = _annotation(root, split, classes)
        tally = Tally()
        entries += _entries(found, split, annotation, tally)
        absent[split] = _absent(found, annotation)
        problems += _complaints(absent[split], split, annotation)
        problems += tally.lines()
        left_out += (*(annotation.left_out if annotation else ()), *tally.left_out)
    if not entries and not (alone and any(absent.values())):
        raise InputError(
            "no video file in it" if not left_out else "no video that can be used",
            where=root,
            wanted="videos in validation/ or test/",
            got="; ".join(left_out[:SHOWN]),
            cure="unpack the videos there; annotation alone serves evaluation only",
        )
    kept, twice = without_repeats(entries)
    return Dataset(
        root.resolve().name,
        "thumos14",
        root,
        classes,
        kept,
        (*problems, *twice),
        absent=absent,
        left_out=tuple(left_out),
    )


def split_folders(root: Path) -> dict[str, list[Path]]:
    """Find the folders of each split that hold videos, by their names."""
    found: dict[str, list[Path]] = {}
    for path in folders_in(root):
        split = split_named(path)
        if split and videos_below(path, _DEPTH):
            found.setdefault(split, []).append(path)
    return found


def _given(videos: Mapping[str, Path]) -> dict[str, list[Path]]:
    return {canonical_split(split): [folder] for split, folder in videos.items()}


def _annotation(root: Path, split: str, classes: ClassList) -> Annotation | None:
    if annotation_folders(root, split, classes):
        return read_annotation(root, split)
    return None


def _entries(
    paths: Iterable[Path], split: str, annotation: Annotation | None, tally: Tally
) -> Iterator[VideoEntry]:
    """Give a split's videos; those whose lines say nothing that can be used go out."""
    for path in paths:
        if annotation is None:
            yield VideoEntry(path.stem, path, split, None)
        elif path.stem in annotation.unusable:
            place = annotation.unusable[path.stem]
            tally.leave_out(f"video of {split} without a line that can be used", place)
        else:
            truth = annotation.truths.get(path.stem, VideoTruth.none())
            yield VideoEntry(path.stem, path, split, truth)


def _absent(
    paths: Iterable[Path], annotation: Annotation | None
) -> dict[str, VideoTruth]:
    """Give the truth of annotated videos whose file is missing."""
    there = {path.stem for path in paths}
    truths = {} if annotation is None else annotation.truths
    return {name: truth for name, truth in truths.items() if name not in there}


def _complaints(
    missing: Mapping[str, VideoTruth], split: str, annotation: Annotation | None
) -> tuple[str, ...]:
    if annotation is None:
        return (f"split {split}: no annotation, its truth is unknown",)
    if not missing:
        return annotation.problems
    line = f"split {split}: {len(missing)} annotated without a video file: "
    return (*annotation.problems, line + some_of(missing))
