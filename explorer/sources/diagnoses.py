"""What is wrong with a run's split or a result file: read and computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import streamlit as st

from dbs_core.datasets.formats import load_truth
from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.evaluation.diagnosis.by_video import VideoPair, by_video
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis, diagnose
from dbs_core.evaluation.diagnosis.difference_figures import difference_figures
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.intervals import DRAWS, SEED, interval_of
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns, comparable, compare
from dbs_core.evaluation.judged_file import judged_file, truth_of
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.draws import seeded_draws
from dbs_core.evaluation.protocols.rules import RULES, Rule
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.collector import MANY, settle
from explorer.sources.results import summaries
from explorer.sources.run_folders import open_run

KEPT = 4  # sets of detections that stay in memory
Key = tuple[object, ...]
"""Paths and the times of their last change: by what a set is known again."""


@dataclass(frozen=True, eq=False)
class Judgeable:
    """Detections with their truth, and by what they are known again."""

    key: Key
    judged: JudgedSet


@dataclass(frozen=True, eq=False)
class Diagnosed:
    """What is wrong with a set, in records and as the command writes it."""

    found: Diagnosis
    figures: Mapping[str, Any]


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _of_run(root: Path, split: str, changed_ns: int) -> Judgeable:
    run = open_run(root)
    rows = summaries(run, split, lambda _: None).rows if changed_ns else None
    return Judgeable((root, split, changed_ns), judged_run(run, split, rows=rows))


def run_set(run: Run, split: str) -> Judgeable:
    """Give the results of a run's split, read again when its folder has changed.

    Raises:
        InputError: there are none, or none of them has truth to judge by.
    """
    folder = run.root / "results" / split
    changed_ns = folder.stat().st_mtime_ns if folder.is_dir() else 0
    return _of_run(run.root, split, changed_ns)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _of_file(
    path: Path, truth: Path, split: str | None, name: str, changed_ns: tuple[int, ...]
) -> Judgeable:
    rule = next(rule for rule in RULES.values() if rule.name == name)
    judged = judged_file(path, load_truth(truth, split, rule.when_reversed), rule)
    return Judgeable((path, truth, split, name, changed_ns), judged)


def file_set(path: Path, truth: Path, split: str | None, rule: Rule) -> Judgeable:
    """Give a result file with its truth, read again when one has changed.

    Raises:
        InputError: one of them cannot be read, or they have nothing in common.
    """
    inside = [p for place in ("*.txt", "*/*.txt") for p in truth.glob(place)]
    changed = (path, truth, *sorted(inside))
    stamps = tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in changed)
    return _of_file(path, truth, split, rule.name, stamps)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _beside(
    key: Key, _first: JudgedSet, path: Path, labels: LabelNumbers, changed_ns: int
) -> Judgeable:
    judged = judged_file(path, truth_of(_first), _first.rule, labels=labels)
    return Judgeable((*key, path, labels, changed_ns), judged)


def beside(first: Judgeable, path: Path, labels: LabelNumbers = "auto") -> Judgeable:
    """Read a result file against the truth of another set.

    `labels` says what numbers as labels are.

    Raises:
        InputError: it cannot be read, or has nothing in common with the truth.
    """
    if not path.is_file():
        raise InputError("no such file", where=path)
    return _beside(first.key, first.judged, path, labels, path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT)
def _found(key: Key, threshold: float | None, _judged: JudgedSet) -> Diagnosis:
    # Intervals are next: videos are drawn on another core meanwhile.
    videos = len({*_judged.found, *_judged.truths})
    Thread(target=seeded_draws, args=(videos, DRAWS, SEED), daemon=True).start()
    return diagnose(_judged, tiou=_judged.rule.tiou, least=threshold)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT)
def _diagnosed(key: Key, threshold: float | None, _judged: JudgedSet) -> Diagnosed:
    found = _found(key, threshold, _judged)
    diagnosed = Diagnosed(found, figures(found))
    if len(_judged.truths) >= MANY:
        settle()
    return diagnosed


def diagnosed(one: Judgeable, threshold: float | None) -> Diagnosed:
    """Find out what is wrong with the detections from a score on."""
    return _diagnosed(one.key, threshold, one.judged)


@st.cache_resource(show_spinner=False, max_entries=8 * KEPT)
def _interval(
    key: Key, threshold: float | None, tiou: float, _found: Diagnosis
) -> Interval:
    return interval_of(_found, tiou=tiou)


def interval(one: Judgeable, whole: Diagnosed, tiou: float) -> Interval:
    """Give the interval of mAP at a tIoU: of all at once it would take long."""
    return _interval(one.key, whole.found.least, tiou, whole.found)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT)
def _comparison(
    keys: tuple[Key, Key],
    threshold: float | None,
    tiou: float,
    _sets: tuple[JudgedSet, JudgedSet],
) -> tuple[TwoRuns, dict[str, Any]]:
    a, b = _sets
    two = compare(
        _found(keys[0], threshold, a),
        _found((keys[1], "beside", keys[0]), threshold, comparable(a, b)),
        tiou=tiou,
    )
    if len(a.truths) >= MANY:
        settle()
    return two, difference_figures(two, tiou)


def comparison(
    a: Judgeable, b: Judgeable, threshold: float | None, tiou: float
) -> tuple[TwoRuns, dict[str, Any]]:
    """Compare two sets on the same truth; gives all figures too.

    Intervals are those of one tIoU: of all at once they would take long.

    Raises:
        InputError: they cannot be compared, with the reason.
    """
    return _comparison((a.key, b.key), threshold, tiou, (a.judged, b.judged))


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT)
def _by_video(
    keys: tuple[Key, Key], threshold: float | None, tiou: float, _two: TwoRuns
) -> list[VideoPair]:
    return by_video(_two, tiou)


def video_pairs(
    a: Judgeable, b: Judgeable, two: TwoRuns, tiou: float
) -> list[VideoPair]:
    """Give the AP that each has in every video, those that moved most first."""
    return _by_video((a.key, b.key), two.a.least, tiou, two)
