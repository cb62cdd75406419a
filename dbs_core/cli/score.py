"""`score`: figures of any method's result file against a truth, by a protocol."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np

from dbs_core.cli.score_table import table
from dbs_core.datasets.formats import Truth, load_detections, load_truth, read_frames
from dbs_core.datasets.formats.mended_spans import Reversed
from dbs_core.datasets.formats.reading import LabelNumbers
from dbs_core.evaluation.protocols import activitynet, cdc, thumos
from dbs_core.evaluation.protocols.exclusions import EXCLUSIONS, excluded, without
from dbs_core.evaluation.protocols.frames import FrameReport, frame_map
from dbs_core.evaluation.protocols.report import Report
from dbs_core.records import Segments
from dbs_core.runtime import files
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
                columns video,start_s,end_s,label,score
                frames: CSV with the columns video,time_s and one for each class (also
                duration_s, background), or npz with VIDEO/probability [frames,
                background and classes], VIDEO/times_s, VIDEO/duration_s

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
        "--tiou",
        nargs="+",
        metavar="T",
        help="thresholds: 0.3 0.5 0.7 or 0.3,0.5,0.7 or 0.5:0.05:0.95 (start:step:end)",
    )
    add(
        "--labels",
        choices=get_args(LabelNumbers),
        default="auto",
        help="what numbers as labels are: nothing but names count, ids of the truth "
        "(label_id, or those of the class list), thumos14 (7, 9, 12, ...), or places "
        "in the class list counted from 0 or 1 (default: ids where they fit)",
    )
    add("--json", type=Path, metavar="FILE", help="write the figures, in percent")
    _add_thumos(parser.add_argument_group("thumos14"))
    _add_frames(parser.add_argument_group("frames"))
    parser.set_defaults(run_command=run)


def _add_thumos(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--interpolation",
        choices=("none", "11-point"),
        default="none",
        help="which average precision (default: none, as TH14evalDet_Updated)",
    )
    group.add_argument(
        "--exclude",
        choices=tuple(EXCLUSIONS),
        default="none",
        help="videos to leave out: none (213 videos), two (the usual two, 211), 212 "
        "(without the one that has only Ambiguous), 210 (without all three)",
    )
    group.add_argument(
        "--cdc",
        action="store_true",
        help="prepare detections as CDC: NMS at threshold - 0.1, CliffDiving also as "
        "Diving, times rounded to 0.1 s",
    )
    group.add_argument(
        "--duration-prior",
        action="store_true",
        help="with --cdc: scores times a Gaussian of the length, fitted on the "
        "validation annotation of the same folder",
    )


def _add_frames(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--max-filter",
        type=int,
        default=0,
        metavar="N",
        help="maximum over N frames first (CDC: 5; default: 0, none)",
    )
    group.add_argument(
        "--drop-ambiguous",
        action="store_true",
        help="leave out frames in Ambiguous spans (CDC's released truth marks none)",
    )


def run(args: argparse.Namespace) -> int:
    """Read, evaluate, print the table, write the JSON."""
    tiou = None if args.tiou is None else thresholds(",".join(args.tiou))
    truth = load_truth(args.truth, args.split, WHEN_REVERSED[args.protocol])
    for warning in truth.warnings:
        _note(warning)
    report = PROTOCOLS[args.protocol](args, truth, tiou)
    for note in report.notes:
        _note(note)
    print(table(report, truth.split))
    if args.json:
        files.write_json(args.json, report.to_json())
    return 0


def thresholds(text: str) -> np.ndarray:
    """Read "0.5", "0.3,0.5" or "0.5:0.05:0.95" (InputError when it is none of them)."""
    try:
        if ":" in text:
            start, step, end = (float(part) for part in text.split(":"))
            # linspace, as the kits have it: 0.5:0.05:0.95 ends exactly at 0.95.
            values = np.linspace(start, end, round((end - start) / step) + 1)
        else:
            values = np.array([float(part) for part in text.split(",")])
        if len(values) and (values >= 0).all() and (values <= 1).all():
            return values
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise InputError(
        "no thresholds", wanted="0.5 or 0.3,0.5,0.7 or 0.5:0.05:0.95", got=repr(text)
    )


def _thumos(args: argparse.Namespace, truth: Truth, tiou: np.ndarray | None) -> Report:
    left_out = excluded(args.exclude)
    found = without(_detections(args, truth), left_out)
    truths = without(truth.truths, left_out)
    chosen = thumos.THUMOS_TIOU if tiou is None else tiou
    if not args.cdc:
        return thumos.evaluate(
            found, truths, truth.classes, tiou=chosen, interpolation=args.interpolation
        )
    prior = None
    if args.duration_prior:
        validation = load_truth(args.truth, "validation", WHEN_REVERSED["thumos14"])
        prior = cdc.DurationPrior.fit(validation.truths, validation.classes)
    return cdc.evaluate(
        found,
        truths,
        truth.classes,
        cdc.CdcRules(prior),
        tiou=chosen,
        interpolation=args.interpolation,
    )


def _activitynet(
    args: argparse.Namespace, truth: Truth, tiou: np.ndarray | None
) -> Report:
    return activitynet.evaluate(
        _detections(args, truth),
        truth.truths,
        truth.classes,
        tiou=activitynet.ACTIVITYNET_TIOU if tiou is None else tiou,
    )


def _frames(
    args: argparse.Namespace, truth: Truth, tiou: np.ndarray | None
) -> FrameReport:
    if tiou is not None:
        raise InputError(
            "frames have no tIoU thresholds", got=f"--tiou {' '.join(args.tiou)}"
        )
    reading = truth.reading(WHEN_REVERSED["frames"])
    scores, warnings = read_frames(args.detections, truth.classes, reading)
    for warning in warnings:
        _note(warning)
    return frame_map(
        scores,
        truth.truths,
        truth.classes,
        max_filter=args.max_filter,
        drop_ambiguous=args.drop_ambiguous,
    )


WHEN_REVERSED: dict[str, Reversed] = {
    "thumos14": "exchange",
    "activitynet": "empty",
    "frames": "exchange",
}
"""What each benchmark's kit does with a start after its end."""

PROTOCOLS: dict[
    str,
    Callable[[argparse.Namespace, Truth, np.ndarray | None], Report | FrameReport],
] = {"thumos14": _thumos, "activitynet": _activitynet, "frames": _frames}


def _detections(args: argparse.Namespace, truth: Truth) -> dict[str, Segments]:
    """Read the result file and say what does not fit the truth."""
    reading = truth.reading(WHEN_REVERSED[args.protocol], args.labels)
    loaded = load_detections(args.detections, truth.classes, reading)
    for warning in loaded.warnings:
        _note(warning)
    outside = loaded.found.keys() - truth.truths.keys()
    if outside:
        _note(
            f"{len(outside)} of {len(loaded.found)} videos with detections are not in "
            f"the truth, their detections count as false: {min(outside)}, ..."
        )
    return loaded.found


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)
