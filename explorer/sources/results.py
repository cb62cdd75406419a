"""Results as pages need them: payload, both projections, summaries, result files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dbs_core.evaluation.diagnosis.intervals import interval_of_all
from dbs_core.evaluation.judge import Judge
from dbs_core.evaluation.projections import Projections, both_projections
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.rules import RULES
from dbs_core.evaluation.result_file import ResultFile, read_result_file
from dbs_core.evaluation.video_summary import Summary
from dbs_core.runs.catalogue import VideoEntry
from dbs_core.runs.repainting import repainted
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runs.summaries import summarise_all
from dbs_core.runs.unseen import unseen_in_words, unseen_videos
from explorer.collector import MANY, settle
from explorer.sources.paint_text import read_paint
from explorer.sources.player_payload import pack
from explorer.sources.run_folders import cached_result, open_run

SHELF = 8  # splits whose summaries stay in memory
STALE_S = 30  # how long a data set's folder is believed to be as it was


@st.cache_resource(show_spinner=False, max_entries=16)
def _payload(
    root: Path, split: str, video_id: str, stamp: str, label: int | None
) -> bytes:
    run = open_run(root)
    result = cached_result(root, split, video_id, stamp)
    return pack(result, run.info.classes, label, rule=rule_of_run(run))


def payload(run: Run, entry: VideoEntry, label: int | None) -> bytes:
    """Pack a result for the player."""
    return _payload(run.root, entry.split, entry.video_id, entry.stamp, label)


def painted_payload(run: Run, entry: VideoEntry, label: int | None, text: str) -> bytes:
    """Pack a result with painted cells; made anew, which takes no longer than to look.

    Raises:
        InputError: a text that says no cells of this video, or a damaged run.
    """
    own = cached_result(run.root, entry.split, entry.video_id, entry.stamp)
    classes, rule = run.info.classes, rule_of_run(run)
    paint = read_paint(text, own.placement.grid, len(classes))
    return pack(own, classes, label, repainted(run, own, paint, rule), rule=rule)


@st.cache_resource(show_spinner=False, max_entries=16)
def _projections(root: Path, split: str, video_id: str, stamp: str) -> Projections:
    return both_projections(cached_result(root, split, video_id, stamp))


def projections(run: Run, entry: VideoEntry) -> Projections:
    """Give a video's frame scores by Eq. 6 and by Eq. 7."""
    return _projections(run.root, entry.split, entry.video_id, entry.stamp)


@dataclass(frozen=True, eq=False)
class Summaries:
    """One line a video of a split, and who judges them."""

    rows: tuple[Summary, ...]
    judge: Judge


@st.cache_resource(show_spinner=False)
def _summary_shelf() -> dict[tuple[Path, str, int], Summaries]:
    """Hold summaries of the last splits: a cached function can show no progress."""
    return {}


def summaries(run: Run, split: str, on_progress: Callable[[float], None]) -> Summaries:
    """Summarise the videos of a split, again when its folder has changed."""
    shelf = _summary_shelf()
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    key = (run.root, split, changed_ns)
    if key not in shelf:
        rows = summarise_all(run, split, on_progress)
        while len(shelf) >= SHELF:
            shelf.pop(next(iter(shelf)), None)
        shelf[key] = Summaries(
            rows, Judge((row.spans for row in rows), rule_of_run(run))
        )
        if len(rows) >= MANY:
            settle()
    return shelf[key]


@st.cache_resource(show_spinner=False, max_entries=8 * SHELF)
def _split_interval(
    root: Path, split: str, changed_ns: int, tiou: float, _judge: Judge
) -> Interval:
    return interval_of_all(_judge, open_run(root).info.classes, tiou)


def split_interval(run: Run, split: str, known: Summaries, tiou: float) -> Interval:
    """Give the interval of a split's mAP, computed once while its results stay."""
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    return _split_interval(run.root, split, changed_ns, tiou, known.judge)


@st.cache_resource(show_spinner=False, max_entries=SHELF, ttl=STALE_S)
def _unseen(root: Path, split: str, changed_ns: int) -> str:
    return unseen_in_words(unseen_videos(open_run(root), split))


def unseen(run: Run, split: str) -> str:
    """Say which annotated videos of a split have no result; "" for none."""
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    return _unseen(run.root, split, changed_ns)


@st.cache_resource(show_spinner=False, max_entries=4)
def _result_file(
    path: Path,
    truth: Path | None,
    split: str | None,
    rule: str | None,
    changed_ns: tuple[int, ...],
) -> ResultFile:
    return read_result_file(path, truth, split, RULES[rule] if rule else None)


def result_file(
    path: Path, truth: Path | None, split: str | None, rule: str | None
) -> ResultFile:
    """Read another method's results with the truth, again when a file has changed."""
    return _result_file(path, truth, split, rule, stamps_of(path, truth))


def stamps_of(path: Path, truth: Path | None) -> tuple[int, ...]:
    """Say when a result file and its truth, a file or a folder, were last changed."""
    places = ("*.txt", "*/*.txt") if truth else ()
    inside = [p for place in places for p in truth.glob(place)]
    files = [path, *([truth] if truth else []), *sorted(inside)]
    return tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in files)
