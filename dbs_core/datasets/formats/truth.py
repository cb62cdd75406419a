"""Truth from either of the field's layouts: a THUMOS'14 folder or ActivityNet JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.annotation import annotation_folders, read_annotation
from dbs_core.datasets.class_list import CLASS_LIST, find_class_list, read_classes
from dbs_core.datasets.formats.activitynet_truth import read_ground_truth
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runtime.errors import InputError

_PREFERRED = ("test", "validation", "train")


@dataclass(frozen=True)
class Truth:
    """The truth of one split's videos, its classes, and counted warnings."""

    split: str
    classes: ClassList
    truths: Mapping[str, VideoTruth]
    warnings: tuple[str, ...]


def load_truth(path: Path, split: str | None = None) -> Truth:
    """Read the truth of a split.

    Args:
        path: a THUMOS'14 annotation folder or the folder above it (the class list
            may lie in either), or an ActivityNet ground-truth file.
        split: None takes, of a folder, test before validation; of a file,
            validation before test, as their benchmarks do.

    Raises:
        InputError: nothing to read there, or no such split.
    """
    if path.is_dir():
        return _of_folder(path, split)
    truth = read_ground_truth(path)
    present = sorted(set(truth.subsets.values()), reverse=True)  # validation first
    if not present:
        raise InputError("no video in it", where=path)
    chosen = split or next((p for p in present if p.startswith("val")), present[-1])
    try:
        truths = truth.subset(chosen)
    except InputError as error:
        raise InputError(str(error), where=path) from error
    return Truth(chosen, truth.classes, truths, truth.warnings)


def _of_folder(path: Path, split: str | None) -> Truth:
    above = path.resolve().parent
    beside = find_class_list(path) is None and (above / CLASS_LIST).is_file()
    root = above if beside else path
    classes = read_classes(root)
    chosen = split or next(
        (name for name in _PREFERRED if annotation_folders(path, name, classes)),
        _PREFERRED[0],
    )
    annotation = read_annotation(root, chosen)
    return Truth(chosen, annotation.classes, annotation.truths, annotation.problems)
