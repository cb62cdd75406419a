"""`fuse --run RGB --run FLOW --to RUN`: two streams' results as one run."""

import argparse
import time
from pathlib import Path

from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.detect import report_failures
from dbs_core.cli.option_values import share
from dbs_core.method.settings import FUSION_WEIGHT
from dbs_core.runs.fusing import fuse_runs
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "fuse",
        help="put the results of an RGB and a flow run together",
        description="Average frame scores and maps of two runs on the same videos, "
        "then find the actions in the average. The new run is evaluated and looked at "
        "like any other; the imprint it shows is the first run's. Both runs need "
        "results (detect or evaluate them first).",
    )
    parser.add_argument(
        "--run",
        type=named_run,
        required=True,
        action="append",
        help="folder of a run, or the name of a shipped one; given twice",
    )
    parser.add_argument(
        "--to", type=Path, required=True, help="folder of the fused run"
    )
    parser.add_argument(
        "--weight",
        type=share,
        default=FUSION_WEIGHT,
        help="of the first run, 0 to 1; the second has the rest (default: "
        f"{FUSION_WEIGHT:g}, best for RGB before flow on our validation videos)",
    )
    parser.add_argument("--split", help="default: test where there is one")
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Fuse, say what was not as it should be, list what failed."""
    started, console = time.monotonic(), Console()
    if len(args.run) != 2:
        raise InputError("--run", wanted="two runs", got=len(args.run))
    first, second = (Run.open(folder) for folder in args.run)
    found = fuse_runs(
        first,
        second,
        args.to,
        weight=args.weight,
        split=args.split or first.judged_split,
        progress=console.progress,
    )
    for video, note in found.notes.items():
        console.done(f"note: {video}: {note}")
    report_failures(dict(found.failures), console)
    fused = found.videos - len(found.failures)
    videos = many(fused, "video")
    console.done(f"{videos} in {args.to}, fused in {closing_line(started)}")
    return 1 if found.failures else 0
