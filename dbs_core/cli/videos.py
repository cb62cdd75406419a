"""`videos --run RUN --to FOLDER`: a run's videos have moved; say where they are."""

import argparse
from pathlib import Path

from dbs_core.cli.console import Console, say
from dbs_core.datasets.folders import some_of
from dbs_core.runs.repointing import repoint
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "videos",
        help="tell a run where its videos have moved to",
        description="Look below a folder for the videos that are not where a run "
        "recorded them: files of the same name, size and length. Where they are is "
        "noted in RUN/videos.json; results stay as they are.",
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument(
        "--to", type=Path, required=True, help="folder that the videos are in now"
    )
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Look for the videos, say what was found, list what was not."""
    console = Console()
    found = repoint(Run.open(args.run), args.to, console.progress)
    for what, videos in found.not_found.items():
        console.done(f"{what}: {some_of(videos)}")
    for video, why in found.damaged.items():
        console.done(f"failed {video}: {why}")
    say(found.counts)
    if not found.found and found.not_found:
        raise InputError("none of the missing videos is here", where=args.to)
    return 1 if found.not_found or found.damaged else 0
