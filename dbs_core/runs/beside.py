"""Runs that stay as they are: what is found in other videos goes beside them.

The shipped sample is part of the program, and a run may be another user's: nothing is
written into either. The folder for own videos takes features and results instead.
"""

import os
from dataclasses import replace

from dbs_core.datasets import Dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.runs.detecting import Detector
from dbs_core.runs.folder import claim
from dbs_core.runs.own_videos.requests import own_run
from dbs_core.runs.places import home
from dbs_core.runs.run import Run, own_dataset


def stays(run: Run) -> bool:
    """Say whether a run stays as it is: the sample, or one that cannot be written."""
    return run.info.kind == "sample" or not os.access(run.root, os.W_OK)


def is_foreign(dataset: Dataset, run: Run) -> bool:
    """Say whether these are not the videos that the shipped sample is about."""
    sample = run.info.kind == "sample"
    return sample and dataset.root.resolve() != own_dataset(run).resolve()


def beside(detector: Detector) -> Detector:
    """Let results and features go into the folder for own videos, beside the run.

    It is claimed here, and becomes a run by `establish`, when a result is written.

    Raises:
        InputError: the folder holds somebody's files, or cannot be written.
    """
    run, cache = own_run(home() / "own", detector.run), detector.cache
    claim(run.root)
    if cache.root.is_relative_to(detector.run.root):
        cache = FeatureCache(run.features_path)
    return replace(detector, run=run, cache=cache)
