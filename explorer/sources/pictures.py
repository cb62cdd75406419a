"""Frames and pictures of a result, encoded, cached and bounded.

Records are frozen and their arrays read-only, so all sessions share one copy
(cache_resource); keys are ids and stamps, never arrays.
"""

from pathlib import Path

import streamlit as st

from dbs_core.paper.figures.drawing import PaperFigure, draw_figure
from dbs_core.paper.figures.survey import Survey, survey
from dbs_core.pictures.imprint import mean_image
from dbs_core.pictures.stills import Image, still, still_or_patch
from dbs_core.pictures.teaser import teaser
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from explorer.elements.palette import palette
from explorer.sources.jpegs import SHEET, jpeg, resized, sheet, tile_size
from explorer.sources.run_folders import cached_result, open_run, result


def mosaic_jpeg(run: Run, entry: VideoEntry) -> bytes:
    """Encode the mean image of the imprint."""
    return jpeg(mean_image(result(run, entry)), 90)


@st.cache_resource(show_spinner=False, max_entries=64)
def _sheet(root: Path, split: str, video_id: str, stamp: str, page: int) -> bytes:
    run, found = open_run(root), cached_result(root, split, video_id, stamp)
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
    run, found = open_run(root), cached_result(root, split, video_id, stamp)
    time_s = float(found.placement.times_s[index])
    return jpeg(still(run.video_file(found), time_s))


def frame_jpeg(run: Run, entry: VideoEntry, index: int) -> bytes:
    """Encode one sampled frame."""
    return _frame(run.root, entry.split, entry.video_id, entry.stamp, index)


@st.cache_resource(show_spinner=False, max_entries=8)
def _stills(
    root: Path, split: str, video_id: str, stamp: str, indices: tuple[int, ...]
) -> list[Image]:
    run, found = open_run(root), cached_result(root, split, video_id, stamp)
    path, times = run.video_file(found), found.placement.times_s
    return [still(path, float(times[i])) for i in indices]


def stills(run: Run, entry: VideoEntry, indices: tuple[int, ...]) -> list[Image]:
    """Decode a few sampled frames."""
    return _stills(run.root, entry.split, entry.video_id, entry.stamp, indices)


@st.cache_resource(show_spinner=False, max_entries=4096)
def _thumb(root: Path, split: str, video_id: str, stamp: str, index: int) -> bytes:
    run, found = open_run(root), cached_result(root, split, video_id, stamp)
    image, _ = still_or_patch(run.video_file(found), found, index)
    size = tile_size(found.info.width, found.info.height)
    return jpeg(resized(image, size), 80)


def thumb_jpeg(run: Run, entry: VideoEntry, index: int) -> bytes:
    """Encode one sampled frame, small."""
    return _thumb(run.root, entry.split, entry.video_id, entry.stamp, index)


@st.cache_resource(show_spinner=False, max_entries=32)
def _teaser(
    root: Path, split: str, video_id: str, stamp: str, label: int, index: int, kind: str
) -> dict[str, bytes]:
    run, found = open_run(root), cached_result(root, split, video_id, stamp)
    path = run.video_file(found)
    image = (
        still(path, float(found.placement.times_s[index])) if path.is_file() else None
    )
    classes, rule = run.info.classes, rule_of_run(run)
    return teaser(found, image, label, index, classes, palette(kind), rule)


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
