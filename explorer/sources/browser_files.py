"""The file that a browser plays: the video or its copy."""

from pathlib import Path

import streamlit as st

from dbs_core.method.video.browser_copy import browser_can_play
from dbs_core.records import VideoResult
from dbs_core.runs.cache_folder import cache_folder
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError


@st.cache_resource(show_spinner=False, max_entries=4096)
def _plays(path: Path, changed_ns: int) -> bool:
    return browser_can_play(path)


def plays(path: Path) -> bool:
    """Say whether browsers play a file (InputError when it cannot be read)."""
    return _plays(path, path.stat().st_mtime_ns)


def copy_path(run: Run, found: VideoResult) -> Path:
    """Say where a video's copy for the browser lies or would lie.

    One copy a file: a long video has several results.
    """
    source = run.video_file(found)
    mark = store.fingerprint(str(source), source.stat().st_mtime_ns)[:8]
    name = files.file_name(source.stem, f"-{mark}.mp4")
    return cache_folder(run) / "browser" / name


def annotated_path(
    run: Run, entry: VideoEntry, found: VideoResult, name: str, tiou: float
) -> Path:
    """Say where a video with a class drawn in lies or would lie, as it is now.

    Its detections are judged by the run's rule at a tIoU.
    """
    source = run.video_file(found)
    changed_ns = source.stat().st_mtime_ns
    judged = rule_of_run(run).at(tiou)
    mark = store.fingerprint(
        str(source), changed_ns, entry.stamp, found.split, name, judged
    )
    return cache_folder(run) / "annotated" / f"{mark[:16]}.mp4"


def playable_file(run: Run, found: VideoResult) -> Path | None:
    """Give the file that a browser plays: the video, or the copy that was made.

    None when the video is gone, damaged, or has no copy yet.
    """
    path = run.video_file(found)
    if not path.is_file():
        return None
    try:
        if plays(path):
            return path
    except InputError:
        return None
    copy = copy_path(run, found)
    return copy if copy.is_file() else None
