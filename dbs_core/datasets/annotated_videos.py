"""A data set whose annotation is one file: its videos put beside what it says of them.

Thousands of videos that are gone from the web are normal in such sets: they are
counted, and their truth is kept as `absent`; the rest goes on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets.dataset import Dataset, Elsewhere
from dbs_core.datasets.folders import some_of
from dbs_core.datasets.formats.subsets import canonical_subset
from dbs_core.datasets.split_file import read_split_file
from dbs_core.datasets.video_files import files_of
from dbs_core.records import ClassList, VideoEntry, VideoTruth
from dbs_core.records.video import SPLITS
from dbs_core.runtime.errors import InputError

_SPLITS = {"training": "train", "validation": "validation", "testing": "test"}


@dataclass(frozen=True)
class Annotated:
    """What one file of annotation says: of each video its truth and subset.

    `durations_s` lacks the videos whose length it does not give. `left_out` names what
    could not be used of it, one by one.
    """

    classes: ClassList
    truths: Mapping[str, VideoTruth]
    subsets: Mapping[str, str]
    durations_s: Mapping[str, float]
    problems: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def dataset_of(
    path: Path,
    kind: str,
    annotated: Annotated,
    elsewhere: Elsewhere,
    *,
    alone: bool = False,
) -> Dataset:
    """Put videos and annotation together.

    A video without an instance contains no action; in a split without any instance
    nothing is known of it (ActivityNet's testing).

    Args:
        path: the file of annotation. Videos lie beside it unless `elsewhere` says.
        kind: one of `dataset.KINDS`.
        annotated: what the file says.
        elsewhere: folders of videos, and a file of splits.
        alone: annotation alone will do: features stand for videos.

    Raises:
        InputError: no video of a split that is known, or no file of any.
    """
    problems = list(annotated.problems)
    split_of = _splits(path, annotated, elsewhere, problems)
    found = files_of(split_of, elsewhere.videos or (path.parent,))
    truths = _known(split_of, annotated.truths)
    if not found.files and not alone:
        raise _no_file(path, split_of, elsewhere, found.problems)
    entries = [
        VideoEntry(video_id, file, split_of[video_id], truths[video_id])
        for video_id, file in found.files.items()
    ]
    problems += found.problems
    absent: dict[str, dict[str, VideoTruth]] = {}
    for split in SPLITS:
        lost = [v for v, s in split_of.items() if s == split and v not in found.files]
        absent[split] = {v: known for v in lost if (known := truths[v]) is not None}
        if lost:
            whole = sum(s == split for s in split_of.values())
            problems.append(
                f"split {split}: {len(lost)} of {whole} videos without a video file: "
                + some_of(lost)
            )
    problems += _past_the_end(path, annotated)
    return Dataset(
        _name(path),
        kind,
        path,
        annotated.classes,
        tuple(sorted(entries, key=lambda e: (SPLITS.index(e.split), e.video_id))),
        tuple(problems),
        absent={split: lost for split, lost in absent.items() if lost},
        durations_s=annotated.durations_s,
        elsewhere=elsewhere,
        left_out=annotated.left_out,
    )


def _splits(
    path: Path, annotated: Annotated, elsewhere: Elsewhere, problems: list[str]
) -> dict[str, str]:
    """Give each video's split; videos of none are left out, and said."""
    subsets: Mapping[str, str] = annotated.subsets
    if elsewhere.split_file is not None:
        listed = read_split_file(elsewhere.split_file)
        subsets = {v: listed.get(v, "") for v in {**annotated.truths, **listed}}
    splits = {
        video_id: split
        for video_id, subset in subsets.items()
        if video_id and (split := _SPLITS.get(canonical_subset(subset)))
    }
    lost = Counter(subset for v, subset in subsets.items() if v not in splits)
    if not splits:
        raise InputError(
            "no video of a split",
            where=elsewhere.split_file or path,
            wanted="subsets training, validation or testing",
            got=", ".join(repr(subset) for subset, _ in lost.most_common(5)),
            cure="say which video is of which by --split-file",
        )
    for subset, times in lost.items():
        named = f"subset {subset[:40]!r}" if subset else "no subset"
        problems.append(f"{path}: {times} x video of {named}, left out")
    return splits


def _known(
    split_of: Mapping[str, str], truths: Mapping[str, VideoTruth]
) -> dict[str, VideoTruth | None]:
    """Give each video's truth; None in a split of which no instance is told."""
    none = VideoTruth.none()
    known = {video_id: truths.get(video_id, none) for video_id in split_of}
    told = {split_of[v] for v, truth in known.items() if len(truth.segments)}
    return {v: known[v] if split_of[v] in told else None for v in split_of}


def _past_the_end(path: Path, annotated: Annotated) -> Sequence[str]:
    """Count spans that begin after the length that the annotation itself gives."""
    past = [
        video_id
        for video_id, duration_s in annotated.durations_s.items()
        if video_id in annotated.truths
        and (annotated.truths[video_id].segments.spans_s[:, 0] >= duration_s).any()
    ]
    if not past:
        return ()
    return (
        f"{path}: {len(past)} videos with a span that begins after their duration, "
        f"kept: {some_of(past)}",
    )


def _no_file(
    path: Path,
    split_of: Mapping[str, str],
    elsewhere: Elsewhere,
    problems: Sequence[str],
) -> InputError:
    one = min(split_of)[:40]
    return InputError(
        f"no file of any of its {len(split_of)} videos",
        where=path,
        wanted=f"files named like {one}.mp4 or v_{one}.mp4 in "
        + ", ".join(str(f) for f in elsewhere.videos or (path.parent,)),
        got=problems[-1] if problems else "",
        cure="name the folders of the videos: --videos FOLDER",
    )


def _name(path: Path) -> str:
    return path.resolve().name.removesuffix(".gz").rpartition(".")[0] or path.name
