"""`errors`: what is wrong with the detections of a run or a file, and what it costs."""

import argparse
from pathlib import Path

from dbs_core.cli.console import say
from dbs_core.cli.errors_table import table
from dbs_core.cli.judged import add_judging, note, notes_of, rule_of, thresholds_of
from dbs_core.cli.outputs import write_figures, write_table
from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.diagnosis.curve import curves
from dbs_core.evaluation.diagnosis.diagnose import BINS, Diagnosis, diagnose
from dbs_core.evaluation.diagnosis.error_table import COLUMNS, error_table
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.intervals import interval_of
from dbs_core.evaluation.judged_file import judged_file
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.exclusions import EXCLUSIONS
from dbs_core.evaluation.protocols.report import percent, threshold_name
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError

DESCRIPTION = """\
Tell what is wrong with detections by DETAD (ECCV 2018): which kind each false one is,
the mAP that curing a kind would gain, which truths are missed, by length, coverage and
number in the video; of a run of ours also at which stage a truth was lost.

examples
  python -m dbs_core errors --run runs/mine --csv errors.csv
  python -m dbs_core errors --protocol thumos14 --truth thumos14 --split test \\
      --detections result.txt --json errors.json

docs/errors.md tells what each figure and column means.
"""
SEED = 0


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "errors",
        help="kinds of false detections and missed truths, and what they cost",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--run", type=named_run, metavar="RUN", help="folder of the run, or sample")
    add("--truth", type=Path, metavar="PATH", help="as in score")
    add("--detections", type=Path, metavar="PATH", help="as in score")
    add_judging(parser)
    add(
        "--exclude",
        choices=tuple(EXCLUSIONS),
        default="none",
        help="test videos of THUMOS'14 to leave out of a result file, as in score",
    )
    add(
        "--bins",
        choices=tuple(BINS),
        help="whose bins of length, coverage and number (default: the protocol's)",
    )
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Read, diagnose, print the tables, write figures and list."""
    judged = _judged(args)
    note(notes_of(judged.counted))
    tiou, at = thresholds_of(args, judged.rule)
    bins = BINS[args.bins] if args.bins else None
    diagnosis = diagnose(judged, tiou=tiou, least=args.min_score, bins=bins)
    interval = interval_of(diagnosis, draws=args.draws) if args.draws else None
    say(table(diagnosis, at, interval))
    say("\n" + "\n".join(judged.counted.lines()))
    if args.json:
        write_figures(args.json, _figures(diagnosis, at, interval))
    if args.csv:
        rows = error_table(diagnosis, at).errors.to_rows()
        write_table(args.csv, COLUMNS, rows)
    return 0


def _judged(args: argparse.Namespace) -> JudgedSet:
    """Read the run, or the result file with its truth.

    Raises:
        InputError: neither or both are named, or one cannot be used.
    """
    files = (args.truth, args.detections)
    if (args.run is None) == (files == (None, None)):
        raise InputError(
            "whose errors?", wanted="either --run, or --truth and --detections"
        )
    if args.run is not None:
        if args.exclude != "none":
            raise InputError("--exclude means nothing to --run")
        run = Run.open(args.run)
        return judged_run(run, args.split, rule_of(args, run.info))
    if None in files:
        raise InputError("one of two files is missing", wanted="--truth, --detections")
    rule = rule_of(args)
    thresholds_of(args, rule)  # refused before any file is read
    truth = load_truth(args.truth, args.split, rule.when_reversed)
    return judged_file(
        args.detections, truth, rule, exclude=args.exclude, labels=args.labels
    )


def _figures(
    diagnosis: Diagnosis, at: float, interval: Interval | None
) -> dict[str, object]:
    return figures(diagnosis) | curves(diagnosis, at) | _as_json(interval)


def _as_json(interval: Interval | None) -> dict[str, object]:
    """Give low and high of each tIoU's mAP in percent."""
    if interval is None:
        return {}
    return {
        "map_interval": {
            threshold_name(tiou): [percent(low), percent(high)]
            for tiou, low, high in zip(
                interval.tiou, interval.low, interval.high, strict=True
            )
        }
    }
