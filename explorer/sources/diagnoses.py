"""What is wrong with a run's split or a result file: read and computed once."""

from pathlib import Path
from typing import Any

import streamlit as st

from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.diagnosis.diagnose import Diagnosis, diagnose
from dbs_core.evaluation.diagnosis.difference_figures import difference_figures
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.intervals import interval_of
from dbs_core.evaluation.diagnosis.two_runs import TwoRuns, comparable, compare
from dbs_core.evaluation.judged_file import judged_file, truth_of
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError
from explorer.sources.run_folders import open_run

KEPT = 4  # sets of detections whose diagnoses stay in memory


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _of_run(root: Path, split: str, changed_ns: int) -> JudgedSet:
    return judged_run(open_run(root), split)


def run_set(run: Run, split: str) -> JudgedSet:
    """Give the results of a run's split, read again when its folder has changed.

    Raises:
        InputError: none of them has truth to judge by.
    """
    changed_ns = (run.root / "results" / split).stat().st_mtime_ns
    return _of_run(run.root, split, changed_ns)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _of_file(
    path: Path, truth: Path, split: str | None, rule: Rule, changed_ns: tuple[int, ...]
) -> JudgedSet:
    known = load_truth(truth, split, rule.when_reversed)
    return judged_file(path, known, rule)


def file_set(path: Path, truth: Path, split: str | None, rule: Rule) -> JudgedSet:
    """Give a result file with its truth, read again when one has changed.

    Raises:
        InputError: one of them cannot be read, or they have nothing in common.
    """
    inside = [p for place in ("*.txt", "*/*.txt") for p in truth.glob(place)]
    changed = (path, truth, *sorted(inside))
    stamps = tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in changed)
    return _of_file(path, truth, split, rule, stamps)


@st.cache_resource(show_spinner=False, max_entries=KEPT, hash_funcs={JudgedSet: id})
def _beside(first: JudgedSet, path: Path, changed_ns: int) -> JudgedSet:
    return judged_file(path, truth_of(first), first.rule)


def beside(first: JudgedSet, path: Path) -> JudgedSet:
    """Read a result file against the truth of another set.

    Raises:
        InputError: it cannot be read, or has nothing in common with the truth.
    """
    if not path.is_file():
        raise InputError("no such file", where=path)
    return _beside(first, path, path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=KEPT, hash_funcs={JudgedSet: id})
def comparison(
    a: JudgedSet, b: JudgedSet, threshold: float | None
) -> tuple[TwoRuns, dict[str, Any]]:
    """Compare two sets on the same truth; gives all figures too.

    Raises:
        InputError: they cannot be compared, with the reason.
    """
    b = comparable(a, b)
    two = compare(diagnosis(a, threshold), diagnosis(b, threshold))
    return two, difference_figures(two)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT, hash_funcs={JudgedSet: id})
def diagnosis(judged: JudgedSet, threshold: float | None) -> Diagnosis:
    """Find out what is wrong with the detections from a score on."""
    return diagnose(judged, tiou=judged.rule.tiou, least=threshold)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT, hash_funcs={Diagnosis: id})
def diagnosis_figures(found: Diagnosis) -> dict[str, Any]:
    """Give all figures of a diagnosis, as the command writes them."""
    return figures(found)


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT, hash_funcs={Diagnosis: id})
def interval(found: Diagnosis) -> Interval:
    """Give mAP at each tIoU with its interval over videos."""
    return interval_of(found)
