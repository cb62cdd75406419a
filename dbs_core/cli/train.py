"""`train DATASET --run RUN`: learn a run from annotated videos."""

import argparse
import time
from pathlib import Path

from dbs_core.cli.cluster_options import add_cluster
from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.option_values import seed
from dbs_core.cli.options import (
    add_device,
    add_elsewhere,
    add_leave_out,
    backbone_notes,
    elsewhere_of,
)
from dbs_core.cli.setting_options import add_settings, settings_of, unasked_note
from dbs_core.datasets.folders import some_of
from dbs_core.datasets.trimmed_clips import open_clips, with_clips
from dbs_core.runs.featured import open_featured
from dbs_core.runs.own_data import MISSING, UNUSABLE
from dbs_core.runs.run import Run
from dbs_core.runtime.amounts import many
from dbs_core.training.learning import Learnt
from dbs_core.training.train_run import train_run


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "train",
        help="learn a run from annotated videos",
        description="Learn projections, FCN and control from the validation (or "
        "train) split of a data set in the THUMOS'14, UCF101 or ActivityNet layout, or "
        "of a CSV (of the last two from training). Features and imprints are kept: "
        "a stopped training goes on where it was.",
    )
    parser.add_argument(
        "dataset",
        type=Path,
        help="folder of the data set, a JSON in ActivityNet's layout, or a CSV with "
        "video,start,end,label and perhaps split",
    )
    add_elsewhere(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--seed", type=seed, default=0, help="default: 0")
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace a run of other settings, once the new one is there",
    )
    parser.add_argument(
        "--trimmed",
        type=Path,
        help="folder of trimmed clips (UCF101 layout) to learn from as well",
    )
    add_leave_out(parser)
    add_device(parser)
    add_settings(parser)
    add_cluster(
        parser,
        run,
        reads=lambda args: (args.dataset, args.trimmed, *args.video_folders),
        writes=lambda args: (args.run, args.cache),
    )


def run(args: argparse.Namespace) -> int:
    """Train, unless the very same run is there already."""
    started, console = time.monotonic(), Console()
    settings = settings_of(args)
    if note := unasked_note(args):
        console.done(f"note: {note}")
    dataset = open_featured(
        args.dataset, settings.features, elsewhere=elsewhere_of(args)
    )
    if args.trimmed:
        dataset = with_clips(dataset, open_clips(args.trimmed))
    for problem in (*dataset.problems, *backbone_notes(settings.features)):
        console.done(f"note: {problem}")
    learnt = train_run(
        dataset,
        args.run,
        settings,
        seed=args.seed,
        cache=args.cache,
        device=args.device,
        force=args.force,
        leave_out=args.leave_out,
        progress=console.progress,
    )
    if learnt is None:
        missing = Run.open(args.run).info.left_out
        without = f", without {some_of(missing)}" if missing else ""
        console.done(f"{args.run} is trained already{without}; --force trains it again")
        return 1 if missing else 0
    report(learnt, console, started)
    if absent := Run.open(args.run).info.absent:
        console.done(
            f"note: {many(absent, 'video')} to train on had no file, listed in "
            f"{args.run / MISSING}"
        )
    if dataset.left_out:
        console.done(
            "note: what could not be used of the annotation is listed in "
            f"{args.run / MISSING / UNUSABLE}"
        )
    return 1 if learnt.failures else 0


def report(learnt: Learnt, console: Console, started: float) -> None:
    """Print how a training went."""
    losses = ", ".join(f"{loss:.3f}" for loss in learnt.losses)
    console.done(f"{learnt.imprints} imprints, loss by epoch: {losses}")
    if learnt.short:
        console.done(f"{learnt.short} instances were too short for an imprint")
    for note in learnt.notes:
        console.done(f"note: {note}")
    for video, why in learnt.failures:
        console.done(f"left out {video}: {why}")
    console.done(f"trained in {closing_line(started)}")
