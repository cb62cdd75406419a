"""Detections and scores as files that are taken along: built when they are clicked.

Their numbers are those that a run's own file of detections holds, so that `score` says
of each of them what `evaluate` says of the run.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.datasets.formats.activitynet_results import write_results
from dbs_core.datasets.formats.thumos_submission import write_submission
from dbs_core.datasets.formats.webvtt import Track, track_text
from dbs_core.records import ClassList, Segments


@dataclass(frozen=True)
class DataFile:
    """A file that can be downloaded; `build` makes it."""

    label: str
    name: str
    mime: str
    build: Callable[[], bytes]


def show_buttons(files: Sequence[DataFile]) -> None:
    """Draw a button for each file, in the container in use."""
    for item in files:
        st.download_button(
            item.label,
            item.build,
            item.name,
            item.mime,
            key=f"get_{item.name}",
            on_click="ignore",
            icon=":material/download:",
        )


def to_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write rows as CSV under all their names; what a row lacks is left empty."""
    text = io.StringIO()
    if rows:
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()


def to_json(found: Mapping[str, Segments], classes: ClassList) -> bytes:
    """Write detections in ActivityNet's result layout."""
    return _written(write_results, found, classes)


def to_submission(found: Mapping[str, Segments], classes: ClassList) -> bytes:
    """Write detections as a THUMOS'14 submission, which has a line for each."""
    return _written(write_submission, found, classes)


def _written(
    write: Callable[[Path, Mapping[str, Segments], ClassList], None],
    found: Mapping[str, Segments],
    classes: ClassList,
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detections"
        write(path, {key: one.as_written() for key, one in found.items()}, classes)
        return path.read_bytes()


def to_vtt(
    track: Track, segments: Segments, classes: ClassList, video_id: str
) -> bytes:
    """Write spans as WebVTT cues in time order, as players want them."""
    found = segments.as_written() if track == "detections" else segments
    order = found.time_order.tolist()
    return track_text(track, found, classes, video_id, order).encode()
