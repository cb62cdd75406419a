"""Annotation as a table: one row an instance, `video,start,end,label` in seconds.

A data set of one's own in one file beside its videos. Columns by their usual names, in
any order; commas, tabs or semicolons between. Read too: VIA's CSV of temporal segments,
BORIS's aggregated events, ELAN's tab-delimited text with a column for the file and one
for the value. A row with a video alone says that no action is in it. Rows that cannot
be used are left out, counted, the first with its line.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dbs_core.datasets.annotated_videos import Annotated, dataset_of
from dbs_core.datasets.annotation import clock_s
from dbs_core.datasets.class_list import AMBIGUOUS
from dbs_core.datasets.dataset import BESIDE, Dataset, Elsewhere
from dbs_core.datasets.formats.counted_warnings import Tally
from dbs_core.datasets.formats.foreign import plain_column, refuse_foreign
from dbs_core.datasets.formats.mended_spans import MOST_S
from dbs_core.datasets.formats.text import read_head, read_text, require_room
from dbs_core.datasets.names import without_ending
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.runtime.errors import InputError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "video": (
        *("video", "videoid", "videoname", "filename", "file", "filelist"),
        *("filepath", "mediafilename", "mediafile"),
    ),
    "start": ("start", "starts", "tstart", "begintimessmsec", "temporalcoordinates"),
    "end": ("end", "ends", "tend", "stops", "stop", "endtimessmsec"),
    "label": ("label", "class", "classname", "behavior", "annotation", "metadata"),
}
"""Names of the columns that are needed, as `plain_column`; VIA's last are lists."""
SPLIT = ("split", "subset")
WANTED = "columns video, start, end, label (seconds), and split if you have one"
_MARKS = (",", "\t", ";")
_VIA = "# CSV_HEADER ="
_VIA_ATTRIBUTES = "# ATTRIBUTE ="
_WEIGHTS = {",": 58, "\t": 58, ";": 58, "\n": 200}


@dataclass
class _Video:
    """What the rows so far say of a video: (start, end, class) of each, its split."""

    spans: list[tuple[float, float, str]] = field(default_factory=list)
    split: str = ""


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
    )
    return dataset_of(path, "table", annotated, elsewhere, alone=alone)


def is_table(path: Path) -> bool:
    """Say whether a file's name is that of a table, gzip or plain."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((".csv", ".tsv"))


def annotates(path: Path) -> bool:
    """Say whether a table's header is that of annotation; scores make detections."""
    try:
        head = read_head(path)
        names, _ = _header(path, head.splitlines())
        _places(path, names)
    except InputError:
        return False
    return not {plain_column(name) for name in names} & {"score", "confidence", "conf"}


def _videos(path: Path, tally: Tally) -> dict[str, _Video]:
    videos: dict[str, _Video] = {}
    for where, row in _rows(path, tally):
        video_id = _video_id(row["video"])
        if not video_id:
            tally.add("row without a video, left out", where)
            continue
        video = videos.setdefault(video_id, _Video())
        split = row.get("split", "")
        if video.split and split and split != video.split:
            tally.add("video in a second split, its first one counts", where)
        video.split = video.split or split
        if not (row["start"] or row["end"] or row["label"]):
            continue  # looked at, and without action
        span = _span(row["start"], row["end"])
        if span is None:
            tally.add("no start before an end in seconds, left out", where)
        elif not row["label"]:
            tally.add("row without a label, left out", where)
        else:
            video.spans.append((*span, row["label"]))
    return videos


def _rows(path: Path, tally: Tally) -> Iterator[tuple[str, dict[str, str]]]:
    """Give place and needed cells of each row.

    Raises:
        InputError: no such columns, or broken quoting.
    """
    text = read_text(path)
    require_room(path, text, _WEIGHTS)
    lines = text.splitlines(keepends=True)
    names, first = _header(path, lines)
    places, via = _places(path, names), _is_via(names)
    options = _options(lines[:first]) if via else {}
    mark = _mark(names, lines[first - 1])
    reader = csv.reader(io.StringIO("".join(lines[first:]), newline=""), delimiter=mark)
    try:
        for row in filter(None, reader):
            where = f"{path}:{first + reader.line_num}"
            if row[0].startswith("#"):
                continue
            if len(row) != len(names):
                tally.add("row of another length than the header, left out", where)
                continue
            cells = {key: row[at].strip() for key, at in places.items()}
            yield where, _of_via(cells, options) if via else cells
    except csv.Error as error:
        raise InputError(
            f"no valid table ({error})", where=f"{path}:{first + reader.line_num}"
        ) from error


def _header(path: Path, lines: Sequence[str]) -> tuple[list[str], int]:
    """Find the names of the columns, and the number of the line they are in."""
    for number, line in enumerate(lines, start=1):
        if line.startswith(_VIA):
            return line.removeprefix(_VIA).strip().split(","), number
        if line.strip() and not line.startswith("#"):
            mark = max(_MARKS, key=line.count)
            return next(csv.reader([line.strip()], delimiter=mark)), number
    raise InputError("empty table", where=path, wanted=WANTED)


def _mark(names: Sequence[str], line: str) -> str:
    return "," if line.startswith(_VIA) else max(_MARKS, key=line.count)


def _is_via(names: Sequence[str]) -> bool:
    return "temporalcoordinates" in {plain_column(name) for name in names}


def _places(path: Path, names: Sequence[str]) -> dict[str, int]:
    """Find the needed columns by name.

    Raises:
        InputError: one is missing; of several the first counts.
    """
    plain = [plain_column(name) for name in names]
    places = {}
    for key, spelt in {**COLUMNS, "split": SPLIT}.items():
        found = [plain.index(name) for name in spelt if name in plain]
        if key == "end" and _is_via(names):
            found = [plain.index("temporalcoordinates")]
        if found:
            places[key] = found[0]
        elif key != "split":
            raise InputError(
                f"no column '{key}'",
                where=f"{path}:1",
                wanted=WANTED,
                got=", ".join(names)[:200],
            )
    return places


def _options(lines: Sequence[str]) -> dict[tuple[str, str], str]:
    """Read what VIA's attributes call their choices: by attribute and choice."""
    for line in lines:
        if line.startswith(_VIA_ATTRIBUTES):
            try:
                return {
                    (attribute, choice): str(name)
                    for attribute, told in json.loads(
                        line.removeprefix(_VIA_ATTRIBUTES)
                    ).items()
                    for choice, name in told.get("options", {}).items()
                }
            except (ValueError, AttributeError):
                return {}
    return {}


def _of_via(
    cells: Mapping[str, str], options: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Take VIA's cells apart: lists of files and times, an object of attributes."""
    try:
        files, times = json.loads(cells["video"]), json.loads(cells["start"] or "[]")
        attributes = json.loads(cells["label"] or "{}")
        start, end = map(str, times) if times else ("", "")
        chosen = next(((k, str(v)) for k, v in attributes.items()), ("", ""))
        name = options.get(chosen) or chosen[1]
        return {"video": str(files[0]), "start": start, "end": end, "label": name}
    except (ValueError, TypeError, AttributeError, LookupError):
        return {"video": "", "start": "", "end": "", "label": ""}


def _video_id(cell: str) -> str:
    """Give a video's id: its file's name, without folders and ending."""
    return without_ending(cell.replace("\\", "/").rpartition("/")[2])


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
