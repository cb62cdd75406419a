"""A run's own data set, opened again with all that was named when it was trained."""

from collections.abc import Iterable
from pathlib import Path

from dbs_core.datasets import Dataset, Elsewhere, open_dataset
from dbs_core.runs.featured import features_of_run, with_features
from dbs_core.runs.run import Run, RunInfo, own_dataset
from dbs_core.runtime import files
from dbs_core.runtime.errors import printable

MISSING = "missing"
UNUSABLE = "annotation.txt"
"""In `MISSING`: what could not be used of the annotation, a line each."""


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
    Beside them stands what could not be used of the annotation.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    written = []
    for split, truths in dataset.absent.items():
        if truths:
            path = root / MISSING / f"{split}.txt"
            _write_lines(path, truths)
            written.append(path)
    if dataset.left_out:
        path = root / MISSING / UNUSABLE
        _write_lines(path, map(printable, dataset.left_out))
        written.append(path)
    return written


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a line each; what a JSON's name has beside UTF-8 is written out."""
    text = "".join(f"{line}\n" for line in lines)
    files.write_bytes(path, text.encode(errors="backslashreplace"))
