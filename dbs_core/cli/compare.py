"""`compare`: two runs or result files on the same truth, what got better or worse."""

import argparse
from dataclasses import replace
from pathlib import Path

from dbs_core.cli.compare_table import table
from dbs_core.cli.console import say
from dbs_core.cli.judged import (
    add_judging,
    note,
    notes_of,
    rule_of,
    thresholds_of,
)
from dbs_core.cli.outputs import write_figures, write_table
from dbs_core.datasets.formats import Truth, load_truth
from dbs_core.evaluation.diagnosis.change_table import (
    COLUMNS,
    LISTED,
    change_table,
)
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.difference_figures import difference_figures
from dbs_core.evaluation.diagnosis.two_runs import comparable, compare
from dbs_core.evaluation.judged_file import judged_file, truth_of
from dbs_core.evaluation.judged_set import JudgedSet
from dbs_core.evaluation.protocols.rules import Rule
from dbs_core.runs.judged_run import judged_run
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError

DESCRIPTION = """\
Compare two runs, two result files, or a run and a file: mAP of both and the difference
with 95 % intervals, as a whole and in each class (the same draws of videos for both),
and lists: fixed (b alone is right), broken (a alone is right), both wrong.

examples
  python -m dbs_core compare --a runs/before --b runs/after --csv changes.csv
  python -m dbs_core compare --a one.txt --b other.txt --truth thumos14 --split test \\
      --protocol thumos14 --json compared.json

Two result files need --truth; a file beside a run is judged by the run's own truth.
What has another protocol, split or truth is refused. docs/errors.md says more.
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "compare",
        help="two runs or result files: what got better, what got worse",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    what = "a run's folder, sample, or a result file"
    add("--a", type=named_run, required=True, metavar="PATH", help=what)
    add("--b", type=named_run, required=True, metavar="PATH", help=what)
    add("--truth", type=Path, metavar="PATH", help="as in score")
    add_judging(parser)
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Read both, judge both, print the tables, write figures and lists."""
    a, b = _both(args)
    b = comparable(a, b)
    for one in (a, b):
        note(f"{one.name}: {line}" for line in notes_of(one.counted))
    tiou, at = thresholds_of(args, a.rule)
    two = compare(
        *(diagnose(one, tiou=tiou, least=args.min_score) for one in (a, b)),
        draws=args.draws,
    )
    listed = change_table(two, at)
    say(table(two, listed))
    for one in (a, b):
        say("\n" + "\n".join((one.name, *one.counted.lines())))
    if args.json:
        write_figures(args.json, difference_figures(two))
    if args.csv:
        write_table(args.csv, COLUMNS, listed.only(changes=LISTED).to_rows())
    return 0


def _both(args: argparse.Namespace) -> tuple[JudgedSet, JudgedSet]:
    """Read both sides.

    Raises:
        InputError: one of them cannot be used, or the truth is missing.
    """
    for path in (args.a, args.b):
        if not path.exists():
            raise InputError("no such run or result file", where=path)
    # A folder is meant as a run, whatever it holds.
    runs = [path.is_dir() for path in (args.a, args.b)]
    rule = rule_of(args, Run.open(args.a).info if all(runs) else None)
    thresholds_of(args, rule)  # refused before any file is read
    truth = None
    if args.truth is not None:
        truth = load_truth(args.truth, args.split, rule.when_reversed)
    elif not any(runs):
        raise InputError("two result files and no truth", wanted="--truth")
    split = args.split or (truth.split if truth else None)
    # The runs first: a file may have to be read against a run's truth.
    read = {
        path: judged_run(Run.open(path), split, rule)
        for path, is_run in zip((args.a, args.b), runs, strict=True)
        if is_run
    }
    if truth is None:
        truth = truth_of(next(iter(read.values())))
    a, b = (
        read[path] if path in read else _file(path, truth, rule, args)
        for path in (args.a, args.b)
    )
    if a.name == b.name:  # runs are called by their data, files all result.json
        a, b = replace(a, name=str(args.a)), replace(b, name=str(args.b))
    return a, b


def _file(path: Path, truth: Truth, rule: Rule, args: argparse.Namespace) -> JudgedSet:
    return judged_file(path, truth, rule, labels=args.labels)
