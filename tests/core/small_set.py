"""A few videos of the sample, kept as people keep THUMOS'14: in several places."""

import shutil
from pathlib import Path

from dbs_core.library import Folders
from dbs_core.sample import FOLDER


def set_apart(folder: Path) -> Folders:
    """Copy annotation, two validation and two test videos into folders of their own."""
    root, first, second = (folder / n for n in ("text", "disk 1/val", "disk 2/odd"))
    shutil.copytree(
        FOLDER, root, ignore=shutil.ignore_patterns("run", "validation", "test")
    )
    for place, split, numbers in (
        (first, "validation", (1, 2)),
        (second, "test", (1, 3)),
    ):
        place.mkdir(parents=True)
        for number in numbers:
            name = f"video_{split}_{number:07d}.mp4"
            shutil.copyfile(FOLDER / split / name, place / name)
    return Folders(root, first, second)
