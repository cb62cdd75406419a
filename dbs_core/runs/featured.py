"""Videos that are not there, but for their features: they count as any other.

Annotation and features made elsewhere are enough to train and to detect. Where the
video would lie, its entry has a path to no file.
"""

from dataclasses import replace
from pathlib import Path

from dbs_core.datasets import Dataset, Elsewhere, open_dataset, without_repeats
from dbs_core.datasets.dataset import BESIDE
from dbs_core.datasets.folders import some_of
from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.records import VideoEntry, VideoTruth
from dbs_core.runs.run import Run
from dbs_core.runtime import store
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress

WOULD_BE = ".mp4"
"""Ending of the file that is not there; whichever it has is found by its name."""


def features_of_run(run: Run) -> FeatureSettings:
    """Give how a run's features are made; as by default where that is damaged."""
    try:
        return store.from_json(FeatureSettings, run.info.settings["features"])
    except (*store.MISFITS, KeyError):
        return FeatureSettings()


def open_featured(
    path: str | Path,
    settings: FeatureSettings,
    progress: Progress = SILENT,
    elsewhere: Elsewhere = BESIDE,
) -> Dataset:
    """Open a data set to train on; no video need be there where features are.

    Raises:
        InputError: as `open_dataset` and `MapFolder`.
    """
    alone = settings.maps is not None
    dataset = open_dataset(path, progress=progress, elsewhere=elsewhere, alone=alone)
    return with_features(dataset, settings)


def with_features(
    dataset: Dataset, settings: FeatureSettings, run: Run | None = None
) -> Dataset:
    """Take in the annotated videos without a file that features stand for.

    Args:
        dataset: as it was opened.
        settings: say where the features are; with a network nothing changes.
        run: whose results stand for videos too, should the features be gone.

    Raises:
        InputError: as `MapFolder`, where there is no run.
    """
    if settings.maps is None:
        return dataset
    try:
        folder = MapFolder(settings.maps, settings.channels, settings.stream)
    except InputError:
        if run is None:
            raise
        folder = None
    entries = [
        _entry(video_id, split, truth, dataset)
        for split, truths in dataset.absent.items()
        for video_id, truth in truths.items()
        if _stands(video_id, split, folder, run)
    ]
    alone = {(entry.split, entry.video_id) for entry in entries}
    absent = {
        split: {v: truth for v, truth in truths.items() if (split, v) not in alone}
        for split, truths in dataset.absent.items()
    }
    kept, _ = without_repeats([*dataset.videos, *entries])
    problems = dataset.problems
    if alone:
        problems += (
            f"{many(len(alone), 'video')} without a file: features stand for them",
        )
    found = replace(dataset, videos=kept, absent=absent, problems=problems)
    unknown = _unknown(folder, found) if folder else ()
    return replace(found, problems=(*problems, *unknown))


def _stands(
    video_id: str, split: str, folder: MapFolder | None, run: Run | None
) -> bool:
    if folder is not None and folder.name_of(video_id) is not None:
        return True
    return run is not None and run.result_path(split, video_id).exists()


def _entry(
    video_id: str, split: str, truth: VideoTruth, dataset: Dataset
) -> VideoEntry:
    root = dataset.root if dataset.root.is_dir() else dataset.root.parent
    path = root / split / f"{video_id}{WOULD_BE}"
    return VideoEntry(video_id, path, split, truth, dataset.durations_s.get(video_id))


def _unknown(folder: MapFolder, dataset: Dataset) -> tuple[str, ...]:
    """Say which features are of no video of the data set."""
    ids = {video.video_id for video in dataset.videos}
    for truths in dataset.absent.values():
        ids |= set(truths)
    unknown = folder.videos - {folder.name_of(video_id) for video_id in ids}
    if not unknown:
        return ()
    return (
        f"features of {many(len(unknown), 'video')} that the data set does not know, "
        f"not used: {some_of(unknown)}",
    )
