"""`annotate --run RUN --video ID --to FILE.mp4`: what was found, drawn into a video."""

import argparse
import time
from pathlib import Path

from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.outputs import foreign
from dbs_core.method.backprojection.heat import WORDS
from dbs_core.method.video.browser_copy import made_here
from dbs_core.pictures.annotated_video import write_annotated
from dbs_core.pictures.views import class_label, first_label
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runs.run_rule import rule_of_run
from dbs_core.runtime.errors import InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "annotate",
        help="a video with detections, truth and heat map drawn in",
        description="Write a copy of a video (MP4, H.264, at most 640 wide, no sound) "
        "with a class's heat map over its frames, the names of what is true and what "
        "was found, and the time axis below. Frames keep their own times.",
    )
    parser.add_argument(
        "--run", type=named_run, required=True, help="folder of the run, or sample"
    )
    parser.add_argument("--video", required=True, metavar="ID", help="id of the video")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.mp4")
    parser.add_argument("--split", help="default: test where there is one")
    parser.add_argument(
        "--class",
        dest="class_name",
        metavar="NAME",
        help="whose heat map (default: the best detection's)",
    )
    parser.add_argument(
        "--heat",
        choices=tuple(WORDS),
        default="place",
        help="which heat map: place, the class's score weighted by where the class "
        "is, or score, that of Eq. 7 alone (default: place)",
    )
    parser.add_argument(
        "--file", type=Path, help="where the video lies now, if it was moved"
    )
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Draw the video; what is there already is replaced if it is such a one."""
    started, console = time.monotonic(), Console()
    if args.to.suffix.lower() != ".mp4":
        raise InputError("no such kind of video", where=args.to, wanted=".mp4")
    if args.to.exists() and not made_here(args.to):
        raise foreign(args.to)
    folder = Run.open(args.run)
    result, classes = (
        folder.result(args.split or folder.judged_split, args.video),
        folder.info.classes,
    )
    name = args.class_name
    label = first_label(result) if name is None else class_label(name, classes)
    write_annotated(
        result,
        classes,
        label,
        args.file or folder.video_file(result),
        args.to,
        console.progress,
        rule=rule_of_run(folder),
        kind=args.heat,
    )
    console.done(f"drawn in {closing_line(started)}")
    say(f"{args.to}  heat map of {classes.name_of(label)}")
    return 0
