"""A few videos of the sample, kept as people keep THUMOS'14: in several places."""

import shutil
from pathlib import Path

from dbs_core.runs.places import SAMPLE_DATA
from dbs_core.training.library import Folders


def set_apart(folder: Path) -> Folders:
    """Copy annotation, two validation and two test videos into folders of their own."""
    root, first, second = (folder / n for n in ("text", "disk 1/val", "disk 2/odd"))
    shutil.copytree(
        SAMPLE_DATA, root, ignore=shutil.ignore_patterns("run*", "validation", "test")
    )
    for place, split, numbers in (
        (first, "validation", (1, 2)),
        (second, "test", (1, 3)),
    ):
        place.mkdir(parents=True)
        for number in numbers:
            name = f"video_{split}_{number:07d}.mp4"
            shutil.copyfile(SAMPLE_DATA / split / name, place / name)
    return Folders(root, first, second)
