"""Runs, their videos and results."""

from pathlib import Path

import streamlit as st

from dbs_core.records import VideoResult
from dbs_core.runs.catalogue import VideoEntry, list_videos
from dbs_core.runs.places import find_runs, run_places
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError, reason
from explorer.sources.known_folders import known_folders


def runs_in(folder: Path) -> dict[str, Path]:
    """Look for runs in a folder that the user names.

    Raises:
        InputError: no run there.
    """
    try:
        found = find_runs([folder])
    except OSError as error:
        raise InputError(f"cannot read ({reason(error)})", where=folder) from error
    if not found:
        raise InputError(
            "no run here" if folder.is_dir() else "no such folder",
            where=folder,
            wanted="a folder with run.json",
            cure="make one with: python -m dbs_core train DATASET --run RUN",
        )
    return found


def runs() -> dict[str, Path]:
    """Give all runs by id: a few stat calls, so never stale."""
    return find_runs((*run_places(), *known_folders()))


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
def cached_result(root: Path, split: str, video_id: str, stamp: str) -> VideoResult:
    return open_run(root).result(split, video_id)


def result(run: Run, entry: VideoEntry) -> VideoResult:
    """Read a video's result, again when its file has changed."""
    return cached_result(run.root, entry.split, entry.video_id, entry.stamp)
