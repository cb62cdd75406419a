"""Annotation as a table: one row an instance, `video,start,end,label` in seconds.

A data set of one's own in one file beside its videos. Columns by their usual names, in
any order; commas, tabs or semicolons between. Read too: VIA's CSV, whole or of temporal
segments, BORIS's aggregated and tabular events, ELAN's tab-delimited text with a column
for the file and one for the value. A row with a video alone says that no action is in
it. Rows that cannot be used are left out, counted, the first few with their lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dbs_core.datasets.annotated_videos import Annotated, dataset_of
from dbs_core.datasets.annotation import clock_s
from dbs_core.datasets.class_list import AMBIGUOUS
from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.dataset import BESIDE, Dataset, Elsewhere
from dbs_core.datasets.elan_rows import EAF
from dbs_core.datasets.formats.foreign import refuse_foreign
from dbs_core.datasets.formats.mended_spans import MOST_S
from dbs_core.datasets.formats.text import read_head
from dbs_core.datasets.names import without_ending
from dbs_core.datasets.table_header import WANTED, find_header
from dbs_core.datasets.table_rows import table_rows
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError


@dataclass
class _Video:
    """What the rows so far say of a video: (start, end, class) of each, its split.

    `looked_at` where a row says that there is no action, `slip` is the place of the
    first row that cannot be used.
    """

    spans: list[tuple[float, float, str]] = field(default_factory=list)
    split: str = ""
    looked_at: bool = False
    slip: str = ""


def open_table(
    path: Path, elsewhere: Elsewhere = BESIDE, *, alone: bool = False
) -> Dataset:
    """Read a data set whose annotation is one table.

    Without a column of splits and a file of them all videos are to train on. With
    `alone` annotation will do, without any video: features stand for them.

    Raises:
        InputError: no such table, a column missing, no row that can be used, or no
            file of its videos.
    """
    refuse_foreign(path, f"a table with {WANTED}")
    tally = Tally()
    videos = _videos(path, tally)
    names = sorted({n for v in videos.values() for *_, n in v.spans} - {AMBIGUOUS})
    if not names:
        raise InputError(
            "no row that can be used",
            where=path,
            wanted=WANTED,
            got="; ".join(tally.lines()),
        )
    subsets = {video_id: video.split for video_id, video in videos.items()}
    if not any(subsets.values()) and elsewhere.split_file is None:
        subsets = dict.fromkeys(subsets, "training")
        tally.say(f"{path}: no column of splits, all videos are to train on")
    label_of = {name: label for label, name in enumerate(names, start=1)}
    annotated = Annotated(
        ClassList(tuple(names), tuple(label_of.values())),
        {v: _truth(video.spans, label_of) for v, video in videos.items()},
        subsets,
        {},
        tally.lines(),
        tally.left_out,
    )
    return dataset_of(path, "table", annotated, elsewhere, alone=alone)


def is_table(path: Path) -> bool:
    """Say whether a file's name is that of a table, gzip or plain."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((".csv", ".tsv"))


def annotates(path: Path) -> bool:
    """Say whether a table's header is that of annotation; scores make detections."""
    try:
        return not find_header(path, read_head(path).splitlines()).scores
    except InputError:
        return False


def _videos(path: Path, tally: Tally) -> dict[str, _Video]:
    """Give what the rows say of each video."""
    videos: dict[str, _Video] = {}
    for where, row in table_rows(path, tally):
        video_id = _video_id(row["video"])
        if not video_id:
            tally.leave_out("row without a video", where)
            continue
        video = videos.setdefault(video_id, _Video())
        split = row.get("split", "")
        if video.split and split and split != video.split:
            tally.add("video in a second split, its first one counts", where)
        video.split = video.split or split
        if not (row["start"] or row["end"] or row["label"]):
            video.looked_at = True  # and without action
            continue
        span = _span(row["start"], row["end"])
        if span is None:
            tally.leave_out("no start before an end in seconds", where)
        elif not row["label"]:
            tally.leave_out("row without a label", where)
        else:
            video.spans.append((*span, row["label"]))
            continue
        video.slip = video.slip or where
    return _known(videos, tally)


def _known(videos: Mapping[str, _Video], tally: Tally) -> dict[str, _Video]:
    """Leave out videos whose rows are all unusable: they would pass for empty ones."""
    known = {v: of for v, of in videos.items() if of.spans or of.looked_at}
    for video_id, video in videos.items():
        if video_id not in known:
            tally.leave_out("video without a row that can be used", video.slip)
    return known


def _video_id(cell: str) -> str:
    """Give a video's id: its file's name, without folders and ending.

    ELAN's annotation of it is taken to be called as the video is.
    """
    name = cell.replace("\\", "/").rpartition("/")[2]
    if name.lower().endswith(EAF):
        name = name[: -len(EAF)]
    return without_ending(name)


def _span(start: str, end: str) -> tuple[float, float] | None:
    try:
        span = clock_s(start), clock_s(end)
    except ValueError:
        return None
    return span if -MOST_S <= span[0] < span[1] <= MOST_S else None


def _truth(
    spans: Sequence[tuple[float, float, str]], label_of: Mapping[str, int]
) -> VideoTruth:
    actions = [(a, b, label_of[name]) for a, b, name in spans if name != AMBIGUOUS]
    unclear = [(a, b) for a, b, name in spans if name == AMBIGUOUS]
    return VideoTruth(
        Segments.of([(a, b) for a, b, _ in actions], [label for *_, label in actions]),
        np.array(unclear, np.float64).reshape(-1, 2),
    )
