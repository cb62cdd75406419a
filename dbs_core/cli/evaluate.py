"""`evaluate --run RUN`: DBS beside the control and the ceilings, in one table."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dbs_core.cli.cluster_options import add_cluster
from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.detect import beside_sample, open_detector, report_failures
from dbs_core.cli.judged import RULES
from dbs_core.cli.options import (
    add_backbone,
    add_blocked,
    add_device,
    add_elsewhere,
    elsewhere_of,
)
from dbs_core.cli.outputs import write_figures
from dbs_core.datasets import Dataset
from dbs_core.datasets.folders import some_of
from dbs_core.evaluation.arrangements import arrangement_line, mean_arrangement
from dbs_core.evaluation.protocols.exclusions import blocked_in
from dbs_core.evaluation.protocols.rules import ACTIVITYNET
from dbs_core.evaluation.rows import NAMES, SHORT, Row, mean_row
from dbs_core.records import Arrangement, ClassList
from dbs_core.runs.beside import is_foreign
from dbs_core.runs.detecting import open_for
from dbs_core.runs.evaluating import Evaluated, evaluate_run
from dbs_core.runs.own_data import named_beside
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run, own_dataset


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "evaluate",
        help="mAP of a run, of its control and of its ceilings",
        description="Per-frame mAP (all frames, on a 25 fps grid) and detection mAP "
        "of a run: by THUMOS'14's rule (ground-truth driven, strict IoU, "
        "non-interpolated AP), or of a data set in ActivityNet's layout by "
        "ActivityNet's. Videos without a result are detected first.",
    )
    parser.add_argument(
        "dataset", type=Path, nargs="?", help="data set (default: the run's own)"
    )
    add_elsewhere(parser)
    parser.add_argument(
        "--run",
        type=named_run,
        required=True,
        nargs="+",
        action="extend",
        help="folder of the run, or sample; several (other seeds) give mean and spread",
    )
    parser.add_argument(
        "--split", help="which videos (default: test, of ActivityNet validation)"
    )
    parser.add_argument(
        "--protocol",
        choices=tuple(RULES),
        help="the benchmark's rule (default: that of the data set's layout)",
    )
    add_blocked(parser)
    parser.add_argument(
        "--control",
        action="store_true",
        help="add the per-frame classifier on the same features, without imprint, and "
        "the same temporal head on it where the run has one",
    )
    parser.add_argument(
        "--ceilings",
        action="store_true",
        help="add what perfect labels would give, directly and through the imprint, "
        "and how the imprints are arranged",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    add_backbone(parser)
    add_device(parser)
    add_cluster(
        parser,
        run,
        reads=_reads,
        writes=lambda args: (*runs_and_dataset(args.run, args.dataset)[0], args.cache),
    )


def run(args: argparse.Namespace) -> int:
    """Detect what is missing, evaluate, print the table."""
    started, console = time.monotonic(), Console()
    folders, dataset = runs_and_dataset(args.run, args.dataset)
    found = [_evaluate(folder, dataset, args, console) for folder in folders]
    tables = [one.rows for one in found]
    methods = list(zip(*tables, strict=True))
    means = tuple(mean_row(method) for method in methods)
    say(table(means, average=found[0].rule is ACTIVITYNET))
    if len(tables) > 1:
        say(f"\nmean of {len(tables)} runs, lowest to highest:")
        say(spread(methods))
    arranged = None
    if args.ceilings:
        arranged = mean_arrangement([one.arrangement for one in found])
        say(f"\n{arrangement_line(arranged)}")
    if args.json:
        write_figures(args.json, _figures(means, found, arranged))
    console.done(f"evaluated in {closing_line(started)}")
    return int(any(one.counted.failed or one.counted.damaged for one in found))


def _reads(args: argparse.Namespace) -> list[Path]:
    """Name the data that is looked at: what was named, or the runs' own."""
    folders, dataset = runs_and_dataset(args.run, args.dataset)
    own = [own_dataset(Run.open(folder)) for folder in folders]
    return [*args.video_folders, *([dataset] if dataset else own)]


def runs_and_dataset(
    runs: Sequence[Path], dataset: Path | None
) -> tuple[Sequence[Path], Path | None]:
    """Tell runs and data set apart: `--run RUN DATASET` means what it says.

    Of several folders after --run the last is the data set if it is no run.
    """
    *others, last = runs
    if dataset is None and others and not (last / "run.json").is_file():
        return others, last
    return runs, dataset


def _evaluate(
    folder: Path, dataset: Path | None, args: argparse.Namespace, console: Console
) -> Evaluated:
    """Evaluate one run, and say what was counted."""
    detector = open_detector(folder, args, console)
    videos = _videos(detector.run, dataset, args)
    if is_foreign(videos, detector.run):
        detector = beside_sample(detector, console)
    found = evaluate_run(
        videos,
        detector,
        split=args.split,
        control=args.control,
        ceilings=args.ceilings,
        rule=RULES.get(args.protocol),
    )
    first, *rest = found.counted.lines()
    console.done(f"{folder}: {first}")
    for line in (*rest, without_truth(found.rows, detector.run.info.classes)):
        if line:
            console.done(f"note: {line}")
    report_failures({**found.counted.failed, **found.counted.damaged}, console)
    return found


def _videos(run: Run, path: Path | None, args: argparse.Namespace) -> Dataset:
    """Open what is named, or the run's own data set, without blocked videos."""
    beside = elsewhere_of(args)
    if path is None:
        beside = beside.or_else(named_beside(run.info))
    videos = open_for(run, path or own_dataset(run), beside)
    return videos.without(blocked_in(args.blocked, videos.ids) if args.blocked else ())


def _figures(
    means: Sequence[Row], found: Sequence[Evaluated], arranged: Arrangement | None
) -> dict[str, object]:
    """One run's figures, or the mean with each run's beside it; what was counted."""
    figures: dict[str, object] = {row.name: row.as_json() for row in means}
    if found[0].rule is ACTIVITYNET:
        figures["average"] = {row.name: row.average for row in means}
    if arranged is not None:
        figures["imprints"] = asdict(arranged)
    figures["counted"] = [one.counted.as_json() for one in found]
    if len(found) > 1:
        figures["runs"] = [
            {row.name: row.as_json() for row in one.rows} for one in found
        ]
    return figures


def table(rows: tuple[Row, ...], average: bool = False) -> str:
    """Lay the rows out as text, in percent; with the mean over tIoU where wanted."""
    width = max(len(NAMES[row.name]) for row in rows)
    head = "".join(f"{tiou:>7g}" for tiou in rows[0].detection_map)
    head += "    avg" if average else ""
    lines = [f"{'':<{width}} per-frame   mAP@tIoU{head}"]
    for row in rows:
        cells = "".join(f"{value:7.1f}" for value in row.detection_map.values())
        cells += f"{row.average:7.1f}" if average else ""
        lines.append(
            f"{NAMES[row.name]:<{width}} {row.frame_map:9.1f}           {cells}"
        )
    lines.append("")
    lines.append(
        f"{'AP@0.5 by class':<{width}}"
        + "".join(f"{SHORT[row.name]:>14}" for row in rows)
    )
    for name in rows[0].per_class:
        cells = "".join(f"{row.per_class[name]:14.1f}" for row in rows)
        lines.append(f"{name:<{width}}{cells}")
    return "\n".join(lines)


def without_truth(rows: tuple[Row, ...], classes: ClassList) -> str:
    """Name the classes that the mean leaves out; "" where there is none."""
    left_out = [name for name in classes.names if name not in rows[0].per_class]
    return f"no truth, left out of the mean: {some_of(left_out)}" if left_out else ""


def spread(methods: Sequence[Sequence[Row]]) -> str:
    """Show how far runs of other seeds lie apart."""
    lines = []
    for rows in methods:
        frame = [row.frame_map for row in rows]
        half = [row.detection_map[0.5] for row in rows]
        name = f"{NAMES[rows[0].name]:<28}"
        low_high = f"per-frame {min(frame):5.1f} to {max(frame):5.1f}"
        lines.append(
            f"{name} {low_high}   mAP@0.5 {min(half):5.1f} to {max(half):5.1f}"
        )
    return "\n".join(lines)
