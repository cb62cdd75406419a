"""Folds of the videos to train on: each is held out once, learnt from otherwise.

Settings are chosen on these, never on test. Videos of one recording lie in one fold,
and classes are spread over the folds as evenly as that allows (scikit-learn's
StratifiedGroupKFold over instances).
"""

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dbs_core.datasets.dataset import Dataset
from dbs_core.datasets.sources import bound_together, source_of
from dbs_core.records import ClassList, VideoEntry
from dbs_core.runtime.errors import InputError

HELD_OUT = "test"
"""The split of a fold's data set that is held out."""


@dataclass(frozen=True)
class Fold:
    """A data set to learn from, whose split `HELD_OUT` is the videos held out."""

    number: int
    dataset: Dataset

    @property
    def held(self) -> tuple[VideoEntry, ...]:
        """The videos held out."""
        return self.dataset.split(HELD_OUT)

    @property
    def learnt(self) -> tuple[VideoEntry, ...]:
        """The videos to learn from."""
        return tuple(v for v in self.dataset.videos if v.split != HELD_OUT)


def make_folds(
    dataset: Dataset,
    entries: Sequence[VideoEntry],
    count: int,
    sources: Mapping[str, Collection[str]],
    *,
    seed: int = 0,
) -> tuple[Fold, ...]:
    """Part the videos to train on.

    Args:
        dataset: whose classes, and whose videos are left out but for the entries.
        entries: the annotated videos to train on.
        count: of folds.
        sources: what videos were cut from, by id; of those that it does not name the
            file's name says so, if it is UCF101's.
        seed: shuffles videos that could lie in either.

    Raises:
        InputError: more folds than recordings, or a class that a fold could not learn.
    """
    group = bound_together([_sources(entry, sources, dataset) for entry in entries])
    if len(set(group)) < count:
        raise InputError(
            f"{count} folds of videos of {len(set(group))} recordings",
            where=dataset.root,
            wanted=f"at least {count} that share no source",
            cure="fewer --folds",
        )
    try:
        held_in = _parted(entries, group, count, seed)
    except ValueError as error:  # scikit-learn's: no class has so many instances
        raise InputError(
            f"{count} folds of too few instances",
            where=dataset.root,
            because=error,
            cure="fewer --folds",
        ) from error
    folds = tuple(
        Fold(number, _without(dataset, entries, held_in == number))
        for number in range(count)
    )
    for fold in folds:
        _require_classes(fold, dataset.classes, count)
    return folds


def _sources(
    entry: VideoEntry, sources: Mapping[str, Collection[str]], dataset: Dataset
) -> Collection[str]:
    named = sources.get(entry.video_id)
    if named is not None:
        return named
    own = source_of(entry.path.name, dataset.classes)
    return {own} if own and own != entry.path.name else set()


def _parted(
    entries: Sequence[VideoEntry], group: Sequence[int], count: int, seed: int
) -> np.ndarray:
    """Give the fold that holds out each video."""
    from sklearn.model_selection import StratifiedGroupKFold  # slow to load

    # Every instance is a sample; a video without any is one, of the background.
    samples = [
        (video, int(label))
        for video, entry in enumerate(entries)
        for label in (_labels(entry) or [0])
    ]
    video, label = np.array(samples).T
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    held_in = np.zeros(len(entries), np.int64)
    of_group = np.array(group)
    with warnings.catch_warnings():
        # A class of few instances is said by `_require_classes`, where it matters.
        warnings.simplefilter("ignore", UserWarning)
        parts = list(folds.split(video[:, None], label, of_group[video]))
    for number, (_, held) in enumerate(parts):
        held_in[video[held]] = number
    return held_in


def _labels(entry: VideoEntry) -> list[int]:
    return entry.truth.segments.labels.tolist() if entry.truth else []


def _without(
    dataset: Dataset, entries: Sequence[VideoEntry], held: np.ndarray
) -> Dataset:
    videos = [
        replace(entry, split=HELD_OUT) if out else entry
        for entry, out in zip(entries, held, strict=True)
    ]
    ordered = sorted(videos, key=lambda v: (v.split == HELD_OUT, v.video_id))
    return replace(dataset, videos=tuple(ordered), absent={})


def _require_classes(fold: Fold, classes: ClassList, count: int) -> None:
    """Check that what is to be found in a fold can be learnt from the others.

    Raises:
        InputError: a class has truth in the videos held out only.
    """
    wanted, learnt = (
        {label for entry in part for label in _labels(entry)} - {0}
        for part in (fold.held, fold.learnt)
    )
    if lacking := sorted(wanted - learnt):
        raise InputError(
            f"fold {fold.number + 1} of {count} holds out every video of "
            + ", ".join(classes.name_of(label) for label in lacking),
            where=fold.dataset.root,
            wanted="each class in two recordings at least",
            cure="fewer --folds, or leave the class out of the annotation",
        )
