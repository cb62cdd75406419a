"""A data set as the engine sees it: classes, and videos with split and truth."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dbs_core.records import ClassList, VideoTruth
from dbs_core.records.one_line import cut
from dbs_core.records.video import SPLITS, VideoEntry
from dbs_core.runtime.errors import InputError

KINDS = ("thumos14", "ucf101", "video", "activitynet", "table")
"""By layout; "activitynet" is one JSON of annotation, "table" one CSV."""
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
class Elsewhere:
    """Parts of a data set that its own path does not lead to.

    `videos` are the folders of its videos, `split_file` says which video is of which
    split; none where they lie beside the annotation and stand in it.
    """

    videos: tuple[Path, ...] = ()
    split_file: Path | None = None

    def __bool__(self) -> bool:
        return bool(self.videos or self.split_file)

    def or_else(self, other: "Elsewhere") -> "Elsewhere":
        """Give what is named here, and the other's where nothing is."""
        return Elsewhere(
            self.videos or other.videos, self.split_file or other.split_file
        )


BESIDE = Elsewhere()


@dataclass(frozen=True)
class Dataset:
    """The videos of a folder or file, and what is wrong with it.

    An id names one video within its split. `problems` are plain sentences about
    files and lines that were left out; the rest is usable. `extra` is the folder of
    trimmed clips that were added, if any. `absent` is the truth, by split and id, of
    annotated videos whose file is not there: an evaluation counts it as missed.
    `durations_s` are those that the annotation gives, by id; `elsewhere` is what was
    named beside `root`. `left_out` names what could not be used of an annotation, one
    by one; `problems` count it.
    """

    name: str
    kind: str
    root: Path
    classes: ClassList
    videos: tuple[VideoEntry, ...]
    problems: tuple[str, ...]
    extra: Path | None = None
    absent: Mapping[str, Mapping[str, VideoTruth]] = field(default_factory=dict)
    durations_s: Mapping[str, float] = field(default_factory=dict)
    elsewhere: Elsewhere = BESIDE
    left_out: tuple[str, ...] = ()

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

    @property
    def ids(self) -> set[str]:
        """The ids of all videos, with a file or not."""
        absent = {v for truths in self.absent.values() for v in truths}
        return {video.video_id for video in self.videos} | absent

    @property
    def one_annotation(self) -> bool:
        """Whether all its splits are annotated in one file, as ActivityNet's are."""
        return self.kind in ("activitynet", "table")

    @property
    def learns_from(self) -> str | None:
        """The split to train on; None where none is annotated.

        THUMOS'14 has no training set of untrimmed videos: its validation videos are
        it. ActivityNet has one, and is judged on validation.
        """
        order = ("validation", "train")
        if self.one_annotation:
            order = ("train", "validation")
        return next((s for s in order if s in self._annotated), None)

    @property
    def judged_on(self) -> str | None:
        """The split to find actions in: test, but validation where test is secret.

        None where there is no such split, or nothing but what is trained on.
        """
        others = self._annotated - {self.learns_from}
        if "test" not in others and "validation" in others:
            return "validation"
        return "test" if "test" in self.splits else None

    @property
    def _annotated(self) -> set[str]:
        found = {video.split for video in self.videos if video.truth is not None}
        return found | {split for split, truths in self.absent.items() if truths}

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

    def without(self, left_out: Collection[str]) -> "Dataset":
        """Give the data set without some videos, with a file or not, by their ids."""
        return replace(
            self,
            videos=tuple(v for v in self.videos if v.video_id not in left_out),
            absent={
                split: {v: truth for v, truth in truths.items() if v not in left_out}
                for split, truths in self.absent.items()
            },
        )


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
