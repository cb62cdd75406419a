"""Every load of the explorer, cached and bounded; the only file with st.cache_*.

Records are frozen and their arrays read-only, so all sessions share one copy
(cache_resource); keys are ids and stamps, never arrays.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from dbs_core import store
from dbs_core.backprojection import to_frames
from dbs_core.errors import InputError
from dbs_core.figures.paper import PaperFigure, draw_figure
from dbs_core.figures.stills import imprint_patch, still
from dbs_core.figures.survey import Survey, survey
from dbs_core.proxy import browser_can_play
from dbs_core.records import FrameScores, VideoResult
from dbs_core.runs import Run
from explorer.caching import cache_folder
from explorer.catalogue import VideoEntry, find_runs, list_videos, run_places
from explorer.figures.teaser import teaser
from explorer.frames import SHEET, jpeg, sheet, tile_size
from explorer.other.reading import ResultFile, read_result_file
from explorer.palette import palette
from explorer.player.payload import pack
from explorer.summaries import Summary, summarise_all

SHELF = 8  # splits whose summaries stay in memory


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
    name = store.file_name(source.stem, f"-{mark}.mp4")
    return cache_folder(run) / "browser" / name


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
    time_s = float(found.placement.times_s[index])
    return jpeg(still(run.video_file(found), time_s))


def frame_jpeg(run: Run, entry: VideoEntry, index: int) -> bytes:
    """Encode one sampled frame."""
    return _frame(run.root, entry.split, entry.video_id, entry.stamp, index)


@st.cache_resource(show_spinner=False, max_entries=16)
def _both_projections(
    root: Path, split: str, video_id: str, stamp: str
) -> tuple[FrameScores, FrameScores]:
    found = _result(root, split, video_id, stamp)
    return (
        to_frames(found.grid, found.placement, soft=True),
        to_frames(found.grid, found.placement, soft=False),
    )


def both_projections(run: Run, entry: VideoEntry) -> tuple[FrameScores, FrameScores]:
    """Project the grid scores back by Eq. 6 (soft) and by Eq. 7 (argmax)."""
    return _both_projections(run.root, entry.split, entry.video_id, entry.stamp)


@st.cache_resource(show_spinner=False, max_entries=8)
def _stills(
    root: Path, split: str, video_id: str, stamp: str, indices: tuple[int, ...]
) -> list[np.ndarray]:
    run, found = open_run(root), _result(root, split, video_id, stamp)
    path, times = run.video_file(found), found.placement.times_s
    return [still(path, float(times[i])) for i in indices]


def stills(run: Run, entry: VideoEntry, indices: tuple[int, ...]) -> list[np.ndarray]:
    """Decode a few sampled frames."""
    return _stills(run.root, entry.split, entry.video_id, entry.stamp, indices)


@st.cache_resource(show_spinner=False)
def _summary_shelf() -> dict[tuple[Path, str, int], tuple[Summary, ...]]:
    """Hold summaries of the last splits: a cached function can show no progress."""
    return {}


def summaries(
    run: Run, split: str, on_progress: Callable[[float], None]
) -> tuple[Summary, ...]:
    """Summarise the videos of a split, again when its folder has changed."""
    shelf = _summary_shelf()
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    key = (run.root, split, changed_ns)
    if key not in shelf:
        found = summarise_all(run, split, videos(run, split).values(), on_progress)
        while len(shelf) >= SHELF:
            shelf.pop(next(iter(shelf)), None)
        shelf[key] = found
    return shelf[key]


@st.cache_resource(show_spinner=False, max_entries=4096)
def _thumb(root: Path, split: str, video_id: str, stamp: str, index: int) -> bytes:
    run, found = open_run(root), _result(root, split, video_id, stamp)
    try:
        image = still(run.video_file(found), float(found.placement.times_s[index]))
    except InputError:  # the video is gone: the imprint has a picture too
        image = imprint_patch(found.mosaic, found.placement, index)
    size = tile_size(found.info.width, found.info.height)
    return jpeg(cv2.resize(image, size, interpolation=cv2.INTER_AREA), 80)


def thumb_jpeg(run: Run, entry: VideoEntry, index: int) -> bytes:
    """Encode one sampled frame, small."""
    return _thumb(run.root, entry.split, entry.video_id, entry.stamp, index)


@st.cache_resource(show_spinner=False, max_entries=32)
def _teaser(
    root: Path, split: str, video_id: str, stamp: str, label: int, index: int, kind: str
) -> dict[str, bytes]:
    run, found = open_run(root), _result(root, split, video_id, stamp)
    path = run.video_file(found)
    image = (
        still(path, float(found.placement.times_s[index])) if path.is_file() else None
    )
    return teaser(found, image, label, index, run.info.classes, palette(kind))


def teaser_pictures(
    run: Run, entry: VideoEntry, label: int, index: int, kind: str
) -> dict[str, bytes]:
    """Draw the four pictures of the start page."""
    return _teaser(
        run.root, entry.split, entry.video_id, entry.stamp, label, index, kind
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _survey(root: Path, split: str, changed_ns: int) -> Survey:
    return survey(open_run(root), split)


@st.cache_resource(show_spinner=False, max_entries=8)
def _paper_figure(
    root: Path, split: str, number: int, video_id: str | None, changed_ns: int
) -> tuple[PaperFigure, bytes]:
    found = _survey(root, split, changed_ns)
    figure = draw_figure(open_run(root), found, split, number, video_id)
    return figure, figure.picture("png")


def paper_figure(
    run: Run, split: str, number: int, video_id: str | None
) -> tuple[PaperFigure, bytes]:
    """Draw a figure of the paper, with its PNG; again when the results have changed."""
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    return _paper_figure(run.root, split, number, video_id, changed_ns)


@st.cache_resource(show_spinner=False, max_entries=4)
def _result_file(
    path: Path, truth: Path | None, split: str | None, changed_ns: tuple[int, ...]
) -> ResultFile:
    return read_result_file(path, truth, split)


def result_file(path: Path, truth: Path | None, split: str | None) -> ResultFile:
    """Read another method's results with the truth, again when a file has changed."""
    places = ("*.txt", "*/*.txt") if truth else ()
    inside = [p for place in places for p in truth.glob(place)]
    files = [path, *([truth] if truth else []), *sorted(inside)]
    stamps = tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in files)
    return _result_file(path, truth, split, stamps)
