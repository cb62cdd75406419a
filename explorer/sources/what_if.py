"""What knobs are turned on and what they did: read, judged and answered once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from dbs_core.evaluation.what_if.answer import (
    Standing,
    answer,
    answer_figures,
    stand,
)
from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.evaluation.what_if.subject import Subject
from dbs_core.runs.run import Run
from dbs_core.runs.what_if import run_subject, with_partner
from explorer.sources.diagnoses import Judgeable, Key
from explorer.sources.results import summaries
from explorer.sources.run_folders import open_run

KEPT = 4  # splits that stay in memory
ANSWERS = 24


@dataclass(frozen=True, eq=False)
class Turnable:
    """What knobs are turned on, and by what it is known again."""

    key: Key
    subject: Subject


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _of_run(root: Path, split: str, changed_ns: tuple[int, ...]) -> Turnable:
    run = open_run(root)
    rows = None  # who asks for a split that is not there is told so
    if split in run.splits:
        rows = summaries(run, split, lambda _: None).rows
    return Turnable((root, split, changed_ns), run_subject(run, split, rows))


def turnable_run(run: Run, split: str) -> Turnable:
    """Give a run's split, read again when its folder or its settings have changed.

    Raises:
        InputError: no result with truth, or no valid settings.
    """
    places = (run.root / "results" / split, run.root / "run.json")
    stamps = tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in places)
    return _of_run(run.root, split, stamps)


def turnable_file(one: Judgeable) -> Turnable:
    """Give a result file; its detections are all there is to turn."""
    return Turnable(one.key, Subject(one.judged))


def fused_with(first: Turnable, second: Turnable) -> Turnable:
    """Let the weight of two runs be turned.

    Raises:
        InputError: they have no video in common, or other classes.
    """
    both = with_partner(first.subject, second.subject)
    return Turnable((*first.key, "with", *second.key), both)


def ceiling_of(one: Turnable) -> Turnable:
    """Let knobs be turned on a run's ceiling."""
    return Turnable((*one.key, "ceiling"), replace(one.subject, ceiling=True))


@st.cache_resource(show_spinner=False, max_entries=2 * KEPT)
def _standing(key: Key, tiou: float, _subject: Subject) -> Standing:
    return stand(_subject.standing(), tiou)


@st.cache_resource(show_spinner=False, max_entries=ANSWERS)
def _answered(
    key: Key, tiou: float, values: str, _subject: Subject
) -> Mapping[str, Any]:
    standing = _standing(key, tiou, _subject)
    return answer_figures(answer(standing, _subject.turned(read_values(values))))


def answered(one: Turnable, tiou: float, values: str) -> Mapping[str, Any]:
    """Give all figures of what knobs do at a tIoU.

    Raises:
        InputError: a knob that cannot be turned here, or no value of it.
    """
    return _answered(one.key, tiou, values, one.subject)
