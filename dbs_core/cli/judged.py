"""What `errors` and `compare` share: whose detections, by which rule and thresholds."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import numpy as np

from dbs_core.cli.option_values import finite, thresholds, whole
from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.evaluation.counted import Counted
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule, rule_for
from dbs_core.evaluation.run_counted import RunCounted
from dbs_core.runs.run import RunInfo
from dbs_core.runtime.errors import InputError

RULES = {rule.name: rule for rule in (THUMOS, ACTIVITYNET)}
USUAL = 0.5
"""The tIoU at which single spans are listed, unless another one is named."""


def add_judging(parser: argparse.ArgumentParser) -> None:
    """Add the options of both commands."""
    add = parser.add_argument
    add(
        "--protocol",
        choices=tuple(RULES),
        help="the benchmark's rule (default: of a run that of its data's layout)",
    )
    add(
        "--split",
        help="test, validation, ... (default: test of a run or a THUMOS'14 folder, "
        "validation of an ActivityNet file, where they have it)",
    )
    add(
        "--tiou",
        nargs="+",
        metavar="T",
        help="thresholds: 0.3 0.5 0.7 or 0.3,0.5,0.7 or 0.5:0.05:0.95 (default: the "
        "benchmark's)",
    )
    add(
        "--at",
        type=float,
        metavar="T",
        help=f"the one of them at which spans are listed (default: {USUAL:g}, else the "
        "lowest)",
    )
    add(
        "--min-score",
        type=finite,
        metavar="S",
        help="look at detections with this score or more (default: all)",
    )
    add(
        "--labels",
        choices=get_args(LabelNumbers),
        default="auto",
        help="what numbers as labels of a result file are, as in score",
    )
    add(
        "--draws",
        type=whole(0),
        default=1000,
        metavar="N",
        help="draws of videos for 95 %% intervals, 0 for none (default: 1000; the same "
        "every time)",
    )
    add("--json", type=Path, metavar="FILE", help="write all figures")
    add("--csv", type=Path, metavar="FILE", help="write the list, a line a span")


def rule_of(args: argparse.Namespace, run: RunInfo | None = None) -> Rule:
    """Give the rule that is named; a run needs no name, its data has one.

    Raises:
        InputError: a result file is judged, and no protocol is named.
    """
    if args.protocol is None and run is not None:
        return rule_for(run.kind, run.classes)
    if args.protocol is None:
        raise InputError(
            "by which rule is the result file judged?",
            wanted="--protocol " + " or ".join(RULES),
        )
    return RULES[args.protocol]


def thresholds_of(args: argparse.Namespace, rule: Rule) -> tuple[np.ndarray, float]:
    """Give all thresholds, and the one at which spans are listed.

    Raises:
        InputError: no thresholds, or `--at` is none of them.
    """
    tiou = np.array(rule.headline)
    if args.tiou:
        tiou = thresholds(" ".join(args.tiou))
    at = args.at
    if at is None:
        at = USUAL if np.isclose(tiou, USUAL).any() else float(tiou[0])
    if not np.isclose(tiou, at).any():
        raise InputError(
            "--at is no threshold that is looked at",
            wanted="one of " + ", ".join(f"{t:g}" for t in tiou),
            got=f"{at:g}",
            cure="name it in --tiou as well",
        )
    return tiou, at


def notes_of(counted: Counted | RunCounted) -> tuple[str, ...]:
    """Give what is odd about what was read."""
    if isinstance(counted, RunCounted):
        unread = [f"{video}: {why}" for video, why in counted.damaged.items()]
        return (*counted.lines()[1:], *unread)
    return (*counted.mended, *counted.notes)


def note(notes: Iterable[str]) -> None:
    """Say what is odd, beside the figures."""
    for line in notes:
        print(f"note: {line}", file=sys.stderr)
