"""`score`: figures of any method's result file against a truth, by a protocol."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_args

from dbs_core.cli.console import say
from dbs_core.cli.option_values import filter_width, thresholds
from dbs_core.cli.options import add_blocked
from dbs_core.cli.outputs import write_figures
from dbs_core.cli.score_protocols import PROTOCOLS, check_options
from dbs_core.cli.score_table import table
from dbs_core.datasets.formats import Truth, load_truth
from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.evaluation.counted import count
from dbs_core.evaluation.protocols.exclusions import (
    EXCLUSIONS,
    blocked_in,
    on_list,
    without,
)
from dbs_core.records import VideoTruth
from dbs_core.runtime.errors import InputError

DESCRIPTION = """\
Evaluate a result file by the rules of a benchmark and print AP of each class and mAP.

protocols
  thumos14     truth-driven matching in file order, IoU > threshold, Ambiguous spans
               left out, AP not interpolated (or --interpolation 11-point, the kit of
               2014); default thresholds 0.1, 0.2, ... 0.7
  activitynet  detection-driven matching by falling score, IoU >= threshold, AP under
               the precision envelope; default thresholds 0.5, 0.55, ... 0.95
  frames       per-frame labelling: every frame of a 25 fps grid ranked for each class

files (all may be gzip)
  --truth       a THUMOS'14 annotation folder or the folder above it, or an
                ActivityNet ground-truth JSON
  --detections  thumos14, activitynet: a THUMOS'14 submission (lines 'video start end
                class_id confidence'), an ActivityNet result JSON, or CSV with the
                columns video,start_s,end_s,label,score, or a WebVTT track of ours
                frames: CSV with the columns video,time_s and one for each class (also
                duration_s, background), or npz with VIDEO/probability [frames,
                background and classes], VIDEO/times_s, VIDEO/duration_s

  Ids of videos count with and without v_ and file ending, class names in any letter
  case; numbers as labels are ids of the truth. All that was mended is said, and under
  the table what the figures rest on. docs/formats.md lists every file.

examples
  python -m dbs_core score --protocol thumos14 --truth thumos14 --split test \\
      --detections result.txt --tiou 0.3,0.5,0.7
  python -m dbs_core score --protocol activitynet --truth activity_net.v1-3.json \\
      --detections result.json --json figures.json
"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "score",
        help="mAP of any method's result file by a benchmark's rules",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--protocol", required=True, choices=("thumos14", "activitynet", "frames"))
    add("--truth", type=Path, required=True, metavar="PATH")
    add("--detections", type=Path, required=True, metavar="PATH")
    add(
        "--split",
        help="test, validation, training, ... (default: test of a THUMOS'14 folder, "
        "validation of an ActivityNet file, where they have it)",
    )
    add(
        "--exclude",
        choices=tuple(EXCLUSIONS),
        default="none",
        help="test videos of THUMOS'14 to leave out: none (213 videos), two (the usual "
        "two, 211), 212 (without the one that has only Ambiguous), 210 (without all "
        "three)",
    )
    add_blocked(parser)
    add("--json", type=Path, metavar="FILE", help="write the figures, in percent")
    _add_some(parser.add_argument_group("thumos14 and activitynet"))
    _add_thumos(parser.add_argument_group("thumos14 only"))
    _add_frames(parser.add_argument_group("frames only"))
    parser.set_defaults(run_command=run)


def _add_some(group: argparse._ArgumentGroup) -> None:
    """Add what some protocols take; None where it is not given."""
    add = group.add_argument
    add(
        "--tiou",
        nargs="+",
        metavar="T",
        help="thresholds in any order: 0.3 0.5 0.7 or 0.3,0.5,0.7 or 0.5:0.05:0.95 "
        "(start:step:stop)",
    )
    add(
        "--labels",
        choices=get_args(LabelNumbers),
        help="what numbers as labels are: nothing (names), ids of the truth (label_id, "
        "or those of the class list), thumos14 (7, 9, 12, ...), or places in the class "
        "list counted from 0 or 1 (default: ids where they fit)",
    )


def _add_thumos(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--interpolation",
        choices=("none", "11-point"),
        help="which average precision (default: none, as TH14evalDet_Updated)",
    )
    group.add_argument(
        "--cdc",
        action="store_true",
        default=None,
        help="prepare detections as CDC: NMS at threshold - 0.1, CliffDiving also as "
        "Diving, times rounded to 0.1 s",
    )
    group.add_argument(
        "--duration-prior",
        action="store_true",
        default=None,
        help="with --cdc: scores times a Gaussian of the length, fitted on the "
        "validation annotation of the same folder",
    )


def _add_frames(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--max-filter",
        type=filter_width,
        metavar="N",
        help="maximum over N frames first, an odd number (CDC: 5; default: 0, none)",
    )
    group.add_argument(
        "--drop-ambiguous",
        action="store_true",
        default=None,
        help="leave out frames in Ambiguous spans (CDC's released truth marks none)",
    )


def _left_out(args: argparse.Namespace, videos: set[str]) -> tuple[frozenset[str], str]:
    """Give the videos that do not count, and what names them."""
    out = on_list(args.exclude, videos)
    if args.blocked is None:
        return out, args.exclude
    listed = f"--blocked {args.blocked.name}"
    if args.exclude != "none":
        listed = f"{args.exclude} {listed}"
    return out | blocked_in(args.blocked, videos), listed


def run(args: argparse.Namespace) -> int:
    """Read, evaluate, print table and what it rests on, write the JSON."""
    check_options(args)
    if args.tiou:
        thresholds(" ".join(args.tiou))  # refused before any file is read
    protocol = PROTOCOLS[args.protocol]
    truth = load_truth(args.truth, args.split, protocol.when_reversed)
    _say(truth.warnings)
    found, warnings = protocol.read(args, truth)
    _say(warnings)
    out, listed = _left_out(args, {*truth.truths, *found})
    truths, found = without(truth.truths, out), without(found, out)
    _check_truth(args, truth, truths)
    report = protocol.judge(args, truth, found, truths)
    _say(report.notes)
    counted = count(
        args.protocol,
        truth.split,
        truths,
        found,
        excluded={v: truth.truths[v] for v in truth.truths if v in out},
        exclusion=listed,
        mended=(*truth.warnings, *warnings),
    )
    if args.protocol != "frames":
        _say(counted.notes)
    say(table(report, truth.split))
    say("\n" + "\n".join(counted.lines()))
    if args.json:
        write_figures(args.json, report.to_json() | counted.as_json())
    return 0


def _check_truth(
    args: argparse.Namespace, truth: Truth, truths: Mapping[str, VideoTruth]
) -> None:
    """Check that there is an action to find (InputError)."""
    if not any(len(known.segments) for known in truths.values()):
        raise InputError(
            f"no action annotated in the {len(truths)} videos of {truth.split!r}",
            where=args.truth,
            wanted="a split with truth: --split",
        )


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
