"""What `score` does by each protocol: its options, how it reads and how it judges."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dbs_core.cli.option_values import thresholds
from dbs_core.datasets.formats import Truth, load_truth, read_frames
from dbs_core.datasets.formats.mended_spans import Reversed
from dbs_core.evaluation.judged_file import read_detections
from dbs_core.evaluation.protocols import activitynet, cdc, thumos
from dbs_core.evaluation.protocols.frames import FrameReport, frame_map
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import Report
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.records import Segments, VideoTruth
from dbs_core.runtime.errors import InputError

Truths = Mapping[str, VideoTruth]
Read = tuple[dict[str, Any], tuple[str, ...]]
"""What a result file has of each video, and what its reader said."""


@dataclass(frozen=True)
class Protocol:
    """One protocol: how it reads a result file, and how it judges what was read.

    `when_reversed` is what the benchmark's kit does with a start after its end.
    `options` are those that mean something, beside the ones of every protocol.
    """

    when_reversed: Reversed
    options: frozenset[str]
    read: Callable[[argparse.Namespace, Truth], Read]
    judge: Callable[
        [argparse.Namespace, Truth, dict[str, Any], Truths], Report | FrameReport
    ]


OF_SOME = (
    *("tiou", "labels", "interpolation", "cdc", "duration_prior"),
    *("max_filter", "drop_ambiguous"),
)
"""The options that mean nothing to some protocol; not given they are None."""


def check_options(args: argparse.Namespace) -> None:
    """Check that every option that was given means something here.

    Raises:
        InputError: one that does not, by its name.
    """
    for name in OF_SOME:
        option = f"--{name.replace('_', '-')}"
        fits = [key for key, one in PROTOCOLS.items() if name in one.options]
        if getattr(args, name) is not None and args.protocol not in fits:
            raise InputError(
                f"{option} means nothing to --protocol {args.protocol}"
                + (": frames have no tIoU thresholds" if name == "tiou" else ""),
                wanted=f"{option} with --protocol " + " or ".join(fits),
            )
    if args.duration_prior and not args.cdc:
        raise InputError("--duration-prior is a step of --cdc", wanted="both of them")


def _read_detections(args: argparse.Namespace, truth: Truth) -> Read:
    rule = {rule.name: rule for rule in (THUMOS, ACTIVITYNET)}[args.protocol]
    return read_detections(args.detections, truth, rule, args.labels or "auto")


def _read_frames(args: argparse.Namespace, truth: Truth) -> Read:
    reading = truth.reading(PROTOCOLS["frames"].when_reversed)
    scores, warnings = read_frames(args.detections, truth.classes, reading)
    return dict(scores), warnings


def _thumos(
    args: argparse.Namespace, truth: Truth, found: dict[str, Segments], truths: Truths
) -> Report:
    tiou = thumos.THUMOS_TIOU if args.tiou is None else thresholds(" ".join(args.tiou))
    interpolation: Interpolation = args.interpolation or "none"
    if not args.cdc:
        return thumos.evaluate(
            found, truths, truth.classes, tiou=tiou, interpolation=interpolation
        )
    prior = None
    if args.duration_prior:
        when_reversed = PROTOCOLS["thumos14"].when_reversed
        validation = load_truth(args.truth, "validation", when_reversed)
        prior = cdc.DurationPrior.fit(validation.truths, validation.classes)
    rules = cdc.CdcRules(prior)
    return cdc.evaluate(
        found, truths, truth.classes, rules, tiou=tiou, interpolation=interpolation
    )


def _activitynet(
    args: argparse.Namespace, truth: Truth, found: dict[str, Segments], truths: Truths
) -> Report:
    tiou = activitynet.ACTIVITYNET_TIOU
    chosen = tiou if args.tiou is None else thresholds(" ".join(args.tiou))
    return activitynet.evaluate(found, truths, truth.classes, tiou=chosen)


def _frames(
    args: argparse.Namespace, truth: Truth, found: dict[str, Any], truths: Truths
) -> FrameReport:
    return frame_map(
        found,
        truths,
        truth.classes,
        max_filter=args.max_filter or 0,
        drop_ambiguous=bool(args.drop_ambiguous),
    )


PROTOCOLS = {
    "thumos14": Protocol(
        THUMOS.when_reversed,
        frozenset({"tiou", "labels", "interpolation", "cdc", "duration_prior"}),
        _read_detections,
        _thumos,
    ),
    "activitynet": Protocol(
        ACTIVITYNET.when_reversed,
        frozenset({"tiou", "labels"}),
        _read_detections,
        _activitynet,
    ),
    "frames": Protocol(
        "exchange", frozenset({"max_filter", "drop_ambiguous"}), _read_frames, _frames
    ),
}
