"""Every load of the explorer, cached and bounded; the only file with st.cache_*.

Records are frozen and their arrays read-only, so all sessions share one copy
(cache_resource); keys are ids and stamps, never arrays.
"""

from pathlib import Path

import streamlit as st

from dbs_core.errors import InputError
from dbs_core.records import VideoResult
from dbs_core.runs import Run
from explorer.catalogue import VideoEntry, find_runs, list_videos, run_places
from explorer.frames import SHEET, frames_at, jpeg, sheet, tile_size
from explorer.player.payload import pack


@st.cache_resource(show_spinner=False)
def _named_folders() -> set[Path]:
    """Folders that users named in the page; the server's own memory."""
    return set()


def add_folder(folder: Path) -> dict[str, Path]:
    """Look for runs in a folder that the user names and remember it.

    Raises:
        InputError: no run there.
    """
    found = find_runs([folder])
    if not found:
        raise InputError(
            "no run here",
            where=folder,
            wanted="a folder with run.json",
            cure="make one with: python -m dbs_core train DATASET --run RUN",
        )
    _named_folders().add(folder)
    return found


def runs() -> dict[str, Path]:
    """Give all runs by id: a few stat calls, so never stale."""
    return find_runs((*run_places(), *sorted(_named_folders())))


@st.cache_resource(show_spinner=False, max_entries=32)
def _open_run(root: Path, changed_ns: int) -> Run:
    return Run.open(root)


def open_run(root: Path) -> Run:
    """Open a run folder, again when its run.json has changed."""
    try:
        changed_ns = (root / "run.json").stat().st_mtime_ns
    except OSError as error:
        raise InputError("no such run", where=root) from error
    return _open_run(root, changed_ns)


@st.cache_resource(show_spinner=False, max_entries=32)
def _list_videos(root: Path, split: str, changed_ns: int) -> dict[str, VideoEntry]:
    return {v.key: v for v in list_videos(open_run(root), split)}


def videos(run: Run, split: str) -> dict[str, VideoEntry]:
    """List a split's videos by key, again when its folder has changed."""
    folder = run.root / "results" / split
    if split not in run.splits:
        return {}
    return _list_videos(run.root, split, folder.stat().st_mtime_ns)


def find_video(run_id: str, key: str) -> tuple[Run, VideoEntry] | None:
    """Look up a run and video by their ids; None when there is none."""
    root = runs().get(run_id)
    if root is None:
        return None
    run = open_run(root)
    for split in run.splits:
        if entry := videos(run, split).get(key):
            return run, entry
    return None


@st.cache_resource(show_spinner=False, max_entries=12)
def _result(root: Path, split: str, video_id: str, stamp: str) -> VideoResult:
    return open_run(root).result(split, video_id)


def result(run: Run, entry: VideoEntry) -> VideoResult:
    """Read a video's result, again when its file has changed."""
    return _result(run.root, entry.split, entry.video_id, entry.stamp)


def playable_file(run: Run, found: VideoResult) -> Path:
    """Give the file that a browser can play.

    Raises:
        InputError: the video file is gone.
    """
    path = run.video_file(found)
    if not path.is_file():
        raise InputError("the video file is gone", where=path)
    return path


@st.cache_resource(show_spinner=False, max_entries=16)
def _payload(
    root: Path, split: str, video_id: str, stamp: str, label: int | None
) -> bytes:
    run = open_run(root)
    return pack(_result(root, split, video_id, stamp), run.info.classes, label)


def payload(run: Run, entry: VideoEntry, label: int | None) -> bytes:
    """Pack a result for the player."""
    return _payload(run.root, entry.split, entry.video_id, entry.stamp, label)


def mosaic_jpeg(run: Run, entry: VideoEntry) -> bytes:
    """Encode the mean image of the imprint."""
    return jpeg(result(run, entry).mosaic, 90)


@st.cache_resource(show_spinner=False, max_entries=64)
def _sheet(root: Path, split: str, video_id: str, stamp: str, page: int) -> bytes:
    run, found = open_run(root), _result(root, split, video_id, stamp)
    times = found.placement.times_s
    if page * SHEET >= len(times):
        return b""
    size = tile_size(found.info.width, found.info.height)
    return jpeg(sheet(run.video_file(found), times, page, size), 80)


def sheet_jpeg(run: Run, entry: VideoEntry, page: int) -> bytes:
    """Encode a sheet of small frames; empty when there is no such page."""
    return _sheet(run.root, entry.split, entry.video_id, entry.stamp, page)


@st.cache_resource(show_spinner=False, max_entries=128)
def _frame(root: Path, split: str, video_id: str, stamp: str, index: int) -> bytes:
    run, found = open_run(root), _result(root, split, video_id, stamp)
    width = min(found.info.width, 640) // 2 * 2
    height = round(found.info.height * width / found.info.width / 2) * 2
    time_s = float(found.placement.times_s[index])
    images = frames_at(run.video_file(found), [time_s], (width, height))
    return jpeg(images[0]) if images else b""


def frame_jpeg(run: Run, entry: VideoEntry, index: int) -> bytes:
    """Encode one sampled frame."""
    return _frame(run.root, entry.split, entry.video_id, entry.stamp, index)
