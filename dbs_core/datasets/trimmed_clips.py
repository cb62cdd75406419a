"""A data set and trimmed clips of its classes as one to learn from (PAPER Table 3)."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dbs_core.datasets.dataset import Dataset
from dbs_core.datasets.opening import open_dataset
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runtime.errors import InputError


def open_clips(folder: Path) -> Dataset:
    """Open a folder of trimmed clips in the UCF101 layout.

    Raises:
        InputError: it is something else.
    """
    clips = open_dataset(folder)
    if clips.kind != "ucf101":
        raise InputError(
            "no folder of trimmed clips",
            where=folder,
            wanted="<Class>/v_<Class>_g01_c01.avi",
        )
    return clips


def with_clips(dataset: Dataset, clips: Dataset) -> Dataset:
    """Add the clips of a data set's classes to its training videos.

    Clips of a test split, of other classes, or without a length are left out.

    Raises:
        InputError: nothing to train on in the data set, or no clip of its classes.
    """
    own = (dataset.learns_from,) if dataset.one_annotation else ("validation", "train")
    split = next((s for s in own if s in dataset.splits), None)
    if split is None:
        raise InputError("no training split", where=dataset.root)
    added = [
        replace(entry, split=split)
        for entry in (_of_classes(e, clips, dataset.classes) for e in clips.videos)
        if entry is not None
    ]
    if not added:
        raise InputError(
            "no training clip of these classes",
            where=clips.root,
            wanted=", ".join(dataset.classes.names),
            got=", ".join(clips.classes.names),
        )
    return replace(dataset, videos=(*dataset.videos, *added), extra=clips.root)


def _of_classes(
    entry: VideoEntry, clips: Dataset, classes: ClassList
) -> VideoEntry | None:
    """Label a clip by another class list; None where it has no place there."""
    if entry.truth is None or entry.split == "test":
        return None
    segments = entry.truth.segments
    names = [clips.classes.name_of(int(label)) for label in segments.labels]
    if not set(names) <= set(classes.names):
        return None
    labels = np.array([classes.label_of(name) for name in names], np.int64)
    truth = replace(entry.truth, segments=replace(segments, labels=labels))
    return replace(entry, truth=truth)
