"""`what-if`: knobs turned on a run's split or a result file, and what that does."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dbs_core.cli.console import say
from dbs_core.cli.judged import RULES, USUAL, note, notes_of, rule_of
from dbs_core.cli.outputs import write_figures
from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.judged_file import judged_file
from dbs_core.evaluation.what_if.answer import answer, answer_figures, stand
from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.evaluation.what_if.knobs import KNOBS
from dbs_core.evaluation.what_if.subject import Subject
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runs.what_if import run_subject, with_partner
from dbs_core.runtime.errors import InputError

DESCRIPTION = """\
Turn knobs of detection and judge the whole split anew: mAP before and after, each
class, and the videos that moved most. Nothing is written and no network runs.

examples
  python -m dbs_core what-if --run runs/mine --set nms=0.5 share=0.3
  python -m dbs_core what-if --run runs/mine --set head=off smoothing=2 --json FILE
  python -m dbs_core what-if --truth T --detections D --protocol thumos14 \\
      --set score=0.1

knobs
"""
MOVED = 10
"""Videos that are listed."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "what-if",
        help="what another threshold, overlap or weight would do",
        description=DESCRIPTION
        + "\n".join(f"  {knob.name:15} {knob.words}" for knob in KNOBS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--run", type=named_run, metavar="RUN", help="folder of the run, or sample")
    add("--with", dest="second", type=named_run, metavar="RUN", help="fused with it")
    add("--ceiling", action="store_true", help="perfect labels on the run's imprints")
    add("--truth", type=Path, metavar="PATH", help="as in score")
    add("--detections", type=Path, metavar="PATH", help="as in score")
    add("--protocol", choices=tuple(RULES), help="the benchmark's rule of a file")
    add("--split", help="as in errors")
    add("--set", nargs="+", default=[], metavar="KNOB=VALUE", help="what is turned")
    add("--at", type=float, default=USUAL, metavar="T", help="tIoU (default: 0.5)")
    add("--json", type=Path, metavar="FILE", help="write all figures")
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Read, turn, judge, print, write figures."""
    values = read_values(",".join(args.set))
    subject = _subject(args)
    note(notes_of(subject.judged.counted))
    tiou = next((t for t in subject.judged.rule.tiou if abs(t - args.at) < 1e-9), None)
    if tiou is None:
        known = ", ".join(f"{t:g}" for t in subject.judged.rule.tiou)
        raise InputError("no tIoU of the rule", wanted=known, got=f"{args.at:g}")
    figures = answer_figures(
        answer(stand(subject.standing(), tiou), subject.turned(values))
    )
    say("\n".join(_lines(subject.name, figures)))
    if args.json:
        write_figures(args.json, figures)
    return 0


def _subject(args: argparse.Namespace) -> Subject:
    """Read what knobs are turned on.

    Raises:
        InputError: neither or both are named, or one cannot be used.
    """
    files = (args.truth, args.detections)
    if (args.run is None) == (files == (None, None)):
        raise InputError("on what?", wanted="either --run, or --truth and --detections")
    if args.run is None:
        if None in files or args.second or args.ceiling:
            raise InputError(
                "a file is turned by itself", wanted="--truth and --detections alone"
            )
        rule = rule_of(args)
        truth = load_truth(args.truth, args.split, rule.when_reversed)
        return Subject(judged_file(args.detections, truth, rule))
    if args.protocol:
        raise InputError("--protocol means nothing to --run")
    subject = run_subject(Run.open(args.run), args.split)
    if args.second:
        split = subject.judged.split
        subject = with_partner(subject, run_subject(Run.open(args.second), split))
    return replace(subject, ceiling=args.ceiling)


def _lines(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    """Say it in lines, in percent."""
    gain, sides = found["interval"], (found["before"], found["after"])
    yield f"{name}, {found['protocol']}, {found['subset']}"
    yield ""
    yield f"{'mAP at tIoU':16}" + "".join(f"{t:>7}" for t in found["difference"])
    for title, row in (
        *zip(("as it stands", "turned"), (s["map"] for s in sides), strict=True),
        ("difference", found["difference"]),
    ):
        yield f"{title:16}" + "".join(f"{value:7.2f}" for value in row.values())
    if gain["low"] is not None:
        yield (
            f"at {found['at']}: {gain['estimate']:+.2f} ({gain['low']:+.2f} to "
            f"{gain['high']:+.2f}, 95 % of draws of videos)"
        )
    yield f"{sides[0]['detections']} detections became {sides[1]['detections']}"
    yield ""
    for title, one in found["by_class"].items():
        if one["estimate"] is not None:
            yield f"{title:24}{one['before']:7.2f}{one['after']:7.2f}" + (
                f"{one['estimate']:+8.2f}"
            )
    moved = [one for one in found["videos"] if one["before"] != one["after"]]
    yield f"\n{len(moved)} of {len(found['videos'])} videos moved, most first:"
    for one in moved[:MOVED]:
        yield f"{one['video']:24}{one['before']:7.2f}{one['after']:7.2f}"
