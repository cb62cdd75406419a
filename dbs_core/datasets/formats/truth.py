"""Truth from either of the field's layouts: a THUMOS'14 folder or ActivityNet JSON."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.annotation import annotation_folders, read_annotation
from dbs_core.datasets.class_list import CLASS_LIST, find_class_list, read_classes
from dbs_core.datasets.dataset import canonical_split
from dbs_core.datasets.formats.activitynet_truth import read_ground_truth
from dbs_core.datasets.formats.foreign import TRUTH, refuse_foreign
from dbs_core.datasets.formats.mended_spans import Reversed
from dbs_core.datasets.formats.reading import LabelNumbers, Reading
from dbs_core.datasets.formats.subsets import scored_subset
from dbs_core.datasets.formats.text import read_head
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runtime.errors import InputError

_PREFERRED = ("test", "validation", "train")


@dataclass(frozen=True)
class Truth:
    """The truth of one split's videos, its classes, and counted warnings.

    `split` is written as the file has it. `ids` says what the classes' own numbers
    are called, "" where there are none; `durations_s` are those that the file gives,
    `subsets` those of all its videos.
    """

    split: str
    classes: ClassList
    truths: Mapping[str, VideoTruth]
    warnings: tuple[str, ...]
    ids: str
    durations_s: Mapping[str, float]
    subsets: Mapping[str, str]

    def reading(
        self, when_reversed: Reversed, numbers: LabelNumbers = "auto"
    ) -> Reading:
        """Say how a result file is read that shall be judged by this truth."""
        others = {v: s for v, s in self.subsets.items() if v not in self.truths}
        return Reading(self.truths.keys(), self.ids, numbers, others, when_reversed)


def load_truth(
    path: Path, split: str | None = None, when_reversed: Reversed = "empty"
) -> Truth:
    """Read the truth of a split.

    Args:
        path: a THUMOS'14 annotation folder or the folder above it (the class list
            may lie in either), or an ActivityNet ground-truth file.
        split: None takes, of a folder, test before validation; of a file,
            validation before test, as their benchmarks do, and training last.
        when_reversed: the protocol's rule for a start after its end in a file; in a
            folder such a line is left out, as it is for training.

    Raises:
        InputError: nothing to read there, or no such split.
    """
    return (
        _of_folder(path, split)
        if path.is_dir()
        else _of_file(path, split, when_reversed)
    )


def _of_file(path: Path, split: str | None, when_reversed: Reversed) -> Truth:
    refuse_foreign(path, TRUTH)
    _refuse_text(path)
    truth = read_ground_truth(path, when_reversed)
    if not truth.truths:
        raise InputError("no video in it", where=path)
    try:
        truths = truth.subset(split or scored_subset(set(truth.subsets.values())))
    except InputError as error:
        raise InputError(error.what, where=path, wanted=error.wanted) from error
    return Truth(
        truth.subsets[next(iter(truths))],
        truth.classes,
        truths,
        truth.warnings,
        "the truth's label_id" if truth.numbered else "",
        {v: s for v, s in truth.durations_s.items() if v in truths},
        truth.subsets,
    )


def _refuse_text(path: Path) -> None:
    """Refuse a table or one file of an annotation folder, each named as what it is."""
    head = read_head(path).strip()
    line = head.split("\n", 1)[0].strip()
    if not line or line.startswith(("{", "[", '"')):
        return
    fields = line.split()
    if path.name == CLASS_LIST or (len(fields) == 3 and _numbers(fields[1:])):
        raise InputError(
            "one file of a THUMOS'14 annotation",
            where=path,
            wanted=TRUTH,
            cure="name the folder that it lies in",
        )
    if any(mark in line for mark in ",;\t"):
        raise InputError("a table (CSV)", where=path, wanted=TRUTH, got=repr(line[:80]))


def _numbers(fields: list[str]) -> bool:
    try:
        return all(math.isfinite(float(field)) for field in fields)
    except ValueError:
        return False


def _of_folder(path: Path, split: str | None) -> Truth:
    above = path.resolve().parent
    beside = find_class_list(path) is None and (above / CLASS_LIST).is_file()
    root = above if beside else path
    classes = read_classes(root)
    annotated = (n for n in _PREFERRED if annotation_folders(path, n, classes))
    chosen = canonical_split(split or next(annotated, _PREFERRED[0]))
    annotation = read_annotation(root, chosen)
    return Truth(
        chosen,
        annotation.classes,
        annotation.truths,
        annotation.problems,
        Reading.ids,
        {},
        {},
    )
