"""`library ROOT --run RUN`: a data set on disk, trained and detected, resumable."""

import argparse
import time
from pathlib import Path

from dbs_core.cli.cluster_options import add_cluster
from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.detect import report_failures
from dbs_core.cli.option_values import seed
from dbs_core.cli.options import (
    add_device,
    add_elsewhere,
    add_leave_out,
    elsewhere_of,
)
from dbs_core.cli.setting_options import add_settings, settings_of
from dbs_core.runtime.amounts import many
from dbs_core.training.library import Folders, Work, build, remember, survey


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "library",
        help="name the folders of a data set once; train and detect, resumable",
        description="Build a run on a data set on disk: train it, then detect in a "
        "split. Where the videos do not lie beside the annotation, name their folders: "
        "the run keeps links to them. The explorer shows the results as they come. "
        "Given again, the command goes on where it stopped.",
    )
    parser.add_argument(
        "root",
        type=Path,
        help="folder with detclasslist.txt and the annotation, a JSON in "
        "ActivityNet's layout, or a CSV with video,start,end,label",
    )
    add_elsewhere(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--validation", type=Path, help="folder of validation videos")
    parser.add_argument("--test", type=Path, help="folder of test videos")
    parser.add_argument(
        "--split", help="where to detect (default: test, of ActivityNet validation)"
    )
    parser.add_argument("--seed", type=seed, default=0, help="default: 0")
    add_leave_out(parser)
    add_device(parser)
    add_settings(parser)
    add_cluster(
        parser,
        run,
        reads=lambda args: (
            *(args.root, args.validation, args.test),
            *args.video_folders,
        ),
        writes=lambda args: (args.run, args.cache),
    )


def run(args: argparse.Namespace) -> int:
    """Say what is there, build, list what failed."""
    started, console = time.monotonic(), Console()
    folders = Folders(args.root, args.validation, args.test, elsewhere_of(args))
    work = Work(
        args.run,
        settings_of(args),
        args.seed,
        args.split,
        args.cache,
        args.device,
        args.leave_out,
    )
    found = survey(folders, args.run, work.settings.features)
    counts = ", ".join(f"{count} {split}" for split, count in found.videos.items())
    console.done(f"{found.name}: {many(found.classes, 'class')}; videos: {counts}")
    for problem in found.problems:
        console.done(f"note: {problem}")
    remember(folders, work)
    failures = build(folders, work, console.progress)
    report_failures(failures, console)
    console.done(f"library in {args.run}, built in {closing_line(started)}")
    return 1 if failures else 0
