"""Videos of a result file as its player needs them: the payload, and still frames."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.datasets.folders import videos_below
from dbs_core.method.video.probing import probe
from dbs_core.pictures.stills import still
from dbs_core.records import VideoInfo
from dbs_core.runtime.errors import InputError
from explorer.sources.jpegs import SHEET, jpeg, sheet, tile_size
from explorer.sources.player_payload import even_times, pack_spans
from explorer.sources.results import result_file

UNKNOWN_S = 1.0
DEPTH = 2  # folders below the one that the user names


@dataclass(frozen=True)
class FileVideo:
    """A video of a result file, and its file of video where that is here.

    `stamps` are the times at which any of the files was last changed: what is made of
    them may be kept as long as they stay the same.
    """

    path: Path
    truth: Path | None
    split: str | None
    rule: str | None
    video_id: str
    footage: Path | None
    stamps: tuple[int, ...]


def find_footage(folder: Path, video_id: str) -> Path | None:
    """Find a video's file by its name; ActivityNet's files start with "v_".

    Raises:
        InputError: no such folder.
    """
    if not folder.is_dir():
        raise InputError("no such folder", where=folder)
    names = (video_id, f"v_{video_id}")
    return next((p for p in videos_below(folder, DEPTH) if p.stem in names), None)


@st.cache_resource(show_spinner=False, max_entries=512)
def _info(path: Path, changed_ns: int) -> VideoInfo:
    return probe(path)


def footage_info(path: Path) -> VideoInfo:
    """Say how long a video file is, and how its pictures are.

    Raises:
        InputError: it cannot be read.
    """
    return _info(path, path.stat().st_mtime_ns)


def length_s(one: FileVideo) -> float:
    """Say how long a video's time axis is: as long as what is known of it.

    Where nothing is, neither a time nor a video, there is an axis all the same.
    """
    said = result_file(one.path, one.truth, one.split, one.rule).length_s(one.video_id)
    seen = footage_info(one.footage).duration_s if one.footage else 0.0
    return max(said, seen) or UNKNOWN_S


@st.cache_resource(show_spinner=False, max_entries=32)
def file_payload(one: FileVideo) -> bytes:
    """Pack a video for the player."""
    results = result_file(one.path, one.truth, one.split, one.rule)
    return pack_spans(
        results.videos[one.video_id],
        results.classes,
        results.rule,
        length_s(one),
        footage_info(one.footage) if one.footage else None,
    )


@st.cache_resource(show_spinner=False, max_entries=128)
def file_frame(one: FileVideo, index: int) -> bytes:
    """Encode the frame at a moment; empty when there is no such moment or frame."""
    times = even_times(length_s(one))
    if one.footage is None or index >= len(times):
        return b""
    return jpeg(still(one.footage, float(times[index])))


@st.cache_resource(show_spinner=False, max_entries=64)
def file_sheet(one: FileVideo, page: int) -> bytes:
    """Encode a sheet of small frames; empty when there is no such page."""
    times = even_times(length_s(one)).astype(float)
    if one.footage is None or page * SHEET >= len(times):
        return b""
    info = footage_info(one.footage)
    size = tile_size(info.width, info.height)
    return jpeg(sheet(one.footage, times, page, size), 80)
