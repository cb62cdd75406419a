"""A data set as the engine sees it: classes, and videos with split and truth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbs_core.records import ClassList, VideoTruth
from dbs_core.records.one_line import cut
from dbs_core.records.video import SPLITS, VideoEntry
from dbs_core.runtime.errors import InputError

KINDS = ("thumos14", "ucf101", "video")
_SHORT = {
    "val": "validation",
    "valid": "validation",
    "training": "train",
    "testing": "test",
}


def canonical_split(name: str) -> str:
    """Give a split's one name: "val" and "validation" are the same split.

    Raises:
        InputError: no such split.
    """
    split = _SHORT.get(name.strip().lower(), name.strip().lower())
    if split not in SPLITS:
        raise InputError("no such split", wanted=" or ".join(SPLITS), got=name)
    return split


@dataclass(frozen=True)
class Dataset:
    """The videos of a folder or file, and what is wrong with it.

    An id names one video within its split. `problems` are plain sentences about
    files and lines that were left out; the rest is usable. `extra` is the folder of
    trimmed clips that were added, if any. `absent` is the truth, by split and id, of
    annotated videos whose file is not there: an evaluation counts it as missed.
    """

    name: str
    kind: str
    root: Path
    classes: ClassList
    videos: tuple[VideoEntry, ...]
    problems: tuple[str, ...]
    extra: Path | None = None
    absent: Mapping[str, Mapping[str, VideoTruth]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: wanted one of {KINDS}, got {self.kind!r}")
        twice = [
            key
            for key, times in Counter(
                (v.split, v.video_id) for v in self.videos
            ).items()
            if times > 1
        ]
        if twice:
            raise ValueError(f"videos: wanted each id once in a split, got {twice}")

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.split(name))} {name}" for name in self.splits)
        return f"Dataset({cut(self.name)!r}, {self.kind}: {self.classes}; {counts})"

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have videos."""
        present = {video.split for video in self.videos}
        return tuple(split for split in SPLITS if split in present)

    def absent_from(self, split: str) -> Mapping[str, VideoTruth]:
        """Give the truth of a split's annotated videos that have no file, by id."""
        return self.absent.get(canonical_split(split), {})

    def split(self, name: str) -> tuple[VideoEntry, ...]:
        """Give the videos of a split, in the order of their ids.

        Raises:
            InputError: no such split, or no video in it.
        """
        wanted = canonical_split(name)
        videos = tuple(video for video in self.videos if video.split == wanted)
        if not videos:
            raise InputError(
                "no video in this split",
                where=self.root,
                wanted=" or ".join(self.splits),
                got=name,
            )
        return videos


def without_repeats(
    entries: Iterable[VideoEntry],
) -> tuple[tuple[VideoEntry, ...], tuple[str, ...]]:
    """Sort entries by split and id; of two with one id keep the first, and say so."""
    kept: dict[tuple[int, str], VideoEntry] = {}
    problems = []
    for entry in entries:
        first = kept.setdefault((SPLITS.index(entry.split), entry.video_id), entry)
        if first is not entry:
            problems.append(
                f"{entry.path}: id {entry.video_id} twice in {entry.split}, "
                f"{first.path} is used"
            )
    return tuple(kept[key] for key in sorted(kept)), tuple(problems)
