"""A run's own data set, opened again with all that was named when it was trained."""

from pathlib import Path

from dbs_core.datasets import Dataset, Elsewhere, open_dataset
from dbs_core.runs.featured import features_of_run, with_features
from dbs_core.runs.run import Run, RunInfo, own_dataset
from dbs_core.runtime import files

MISSING = "missing"


def open_own(run: Run) -> Dataset:
    """Open the data set that a run was trained on.

    Raises:
        InputError: it is not there any more, or cannot be used.
    """
    features = features_of_run(run)
    dataset = open_dataset(
        own_dataset(run),
        run.info.classes,
        elsewhere=named_beside(run.info),
        alone=features.maps is not None,
    )
    return with_features(dataset, features, run)


def named_beside(info: RunInfo) -> Elsewhere:
    """Say what was named beside a run's data set."""
    return Elsewhere(
        tuple(Path(folder) for folder in info.videos),
        Path(info.split_file) if info.split_file else None,
    )


def list_missing(root: Path, dataset: Dataset) -> list[Path]:
    """Write the ids of annotated videos without a file, a line each, a file a split.

    They go into `missing/` of a run's folder, and serve as lists of blocked videos.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    written = []
    for split, truths in dataset.absent.items():
        if dataset.one_annotation and truths:
            path = root / MISSING / f"{split}.txt"
            files.write_bytes(path, "".join(f"{v}\n" for v in truths).encode())
            written.append(path)
    return written
