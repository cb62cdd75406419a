"""`folds DATASET`: settings compared on folds of the training videos."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.option_values import seed, whole
from dbs_core.cli.options import (
    add_device,
    add_elsewhere,
    add_leave_out,
    elsewhere_of,
)
from dbs_core.cli.outputs import require_replaceable, write_figures
from dbs_core.cli.setting_options import add_settings, settings_of, tried_settings
from dbs_core.datasets.folds import Fold, make_folds
from dbs_core.datasets.sources import read_sources
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.rows import TIOU
from dbs_core.runs.featured import open_featured
from dbs_core.training.cross_validation import Beside, CrossValidation, Trial, Tried
from dbs_core.training.learning import training_entries

DESCRIPTION = """\
Cross-validation by source: every video to train on is held out once, in a run trained
on the others. Settings are chosen on these figures, never on test.

examples
  python -m dbs_core folds DATASET --runs runs/folds --sources val_sources.tsv \\
      --try head=pyramid --try head=pyramid,start=sorted --seeds 0 1

Figures are of all videos held out, judged as one split: DBS and its control without
imprint, with the same head. Differences come with 95 % intervals over the same draws of
videos for both sides; of several seeds they are of the mean. Runs, features and
imprints are kept: the same command goes on where it stopped, one more --try adds a row.
"""
SHOWN = (0.3, 0.5, 0.7)


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "folds",
        help="compare settings on folds of the training videos",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("dataset", type=Path, help="data set; its videos to train on are used")
    add_elsewhere(parser)
    add("--runs", type=Path, required=True, help="folder of the runs")
    add("--folds", type=whole(2), default=3, help="how many (default: 3)")
    add(
        "--sources",
        type=Path,
        metavar="FILE",
        help="what videos were cut from, lines 'video<TAB>...<TAB>source': those that "
        "share one stay together (default: as UCF101's names say, else none do)",
    )
    add(
        "--try",
        dest="trials",
        action="append",
        default=[],
        metavar="NAME=VALUE,...",
        help="settings changed against those below, by the names of their options "
        "(head=pyramid,crops=no); again for one more",
    )
    add("--seeds", type=seed, nargs="+", default=[0], help="default: 0")
    add("--json", type=Path, help="write the figures to this file")
    add_leave_out(parser)
    add_device(parser)
    add_settings(parser)
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Train what is missing, judge, print the table."""
    started, console = time.monotonic(), Console()
    base = settings_of(args)
    trials = [Trial("as it is", base)]
    trials += [Trial(text, tried_settings(text, args)) for text in args.trials]
    if args.json:
        require_replaceable(args.json, {"folds": None})
    dataset = open_featured(args.dataset, base.features, elsewhere=elsewhere_of(args))
    for problem in dataset.problems:
        console.done(f"note: {problem}")
    sources = read_sources(args.sources, dataset.classes) if args.sources else {}
    entries = training_entries(dataset)
    folds = make_folds(dataset, entries, args.folds, sources)
    for line in _notes(folds, len(entries), set(sources)):
        console.done(line)
    validation = CrossValidation(
        folds,
        args.runs,
        tuple(args.seeds),
        args.cache,
        args.device,
        console.progress,
        args.leave_out,
    )
    headline = validation.rule.headline
    tiou = tuple(sorted({*TIOU, *headline}))
    found = validation.compare(trials, tiou)
    say(table(found))
    for video, why in validation.failures.items():
        console.done(f"failed {video}: {why}")
    if args.json:
        write_figures(args.json, _figures(found, folds, args.seeds))
    console.done(
        f"{len(entries)} videos, each held out once, in {closing_line(started)}"
    )
    return int(bool(validation.failures))


def _notes(folds: Sequence[Fold], videos: int, named: set[str]) -> list[str]:
    sizes = ", ".join(str(len(fold.held)) for fold in folds)
    lines = [f"{videos} videos in {len(folds)} folds of {sizes}"]
    known = {video.video_id for fold in folds for video in fold.dataset.videos}
    if not named:
        lines.append(
            "note: no --sources: videos of one recording may be learnt from and held "
            "out, and figures are too good then"
        )
    elif absent := len(known - named):
        lines.append(f"note: --sources names no source of {absent} videos")
    return lines


def table(found: Sequence[Tried]) -> str:
    """Lay the trials out as Markdown, in percent."""
    columns = (
        "per frame",
        *(f"mAP@{tiou:g}" for tiou in SHOWN),
        "control: per frame",
        "mAP@0.5",
        "over its control at 0.5",
        "over the first at 0.5",
    )
    lines = [
        f"|  | {' | '.join(columns)} |",
        f"| --- |{' ---: |' * len(columns)}",
        *(_line(one.trial.name, one.whole) for one in found),
    ]
    headless = [
        _line(f"{one.trial.name}, without head", one.headless)
        for one in found
        if one.headless
    ]
    return "\n".join(lines + headless)


def _line(name: str, one: Beside) -> str:
    cells = (
        f"{one.ours.frame_map:.1f}",
        *(f"{one.ours.detection_map[tiou]:.1f}" for tiou in SHOWN),
        f"{one.control.frame_map:.1f}",
        f"{one.control.detection_map[0.5]:.1f}",
        _difference(one.over_control),
        _difference(one.over_first) if one.over_first else "",
    )
    return f"| {name} | {' | '.join(cells)} |"


def _difference(interval: Interval) -> str:
    at = int(abs(interval.tiou - 0.5).argmin())
    value, low, high = (
        100 * float(part[at])
        for part in (interval.estimate, interval.low, interval.high)
    )
    return f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"


def _figures(
    found: Sequence[Tried], folds: Sequence[Fold], seeds: Sequence[int]
) -> dict[str, object]:
    return {
        "folds": [[video.video_id for video in fold.held] for fold in folds],
        "seeds": list(seeds),
        "trials": [
            {
                "name": one.trial.name,
                "whole": _side(one.whole),
                "without_head": _side(one.headless) if one.headless else None,
            }
            for one in found
        ],
    }


def _side(one: Beside) -> dict[str, object]:
    return {
        "dbs": one.ours.as_json(),
        "control": one.control.as_json(),
        "over_control": _as_json(one.over_control),
        "over_first": _as_json(one.over_first) if one.over_first else None,
        "by_seed": [[row.as_json() for row in rows] for rows in one.seeds],
    }


def _as_json(interval: Interval) -> dict[str, object]:
    return {
        f"{tiou:g}": {"estimate": 100 * a, "low": 100 * b, "high": 100 * c}
        for tiou, a, b, c in zip(
            interval.tiou.tolist(),
            interval.estimate.tolist(),
            interval.low.tolist(),
            interval.high.tolist(),
            strict=True,
        )
    }
