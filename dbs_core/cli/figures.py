"""`figures --run RUN --to FOLDER`: the paper's Figures 1 to 4 from a run."""

import argparse
import time
from pathlib import Path

from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.outputs import write_picture
from dbs_core.paper.figures.drawing import TITLES, draw_figure
from dbs_core.paper.figures.survey import survey
from dbs_core.pictures.printing import KINDS
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import CannotWrite, InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "figures",
        help="the paper's Figures 1 to 4 from a run, ready for print",
        description="Draw the paper's figures from a run's results as PNG (300 dpi), "
        "SVG and PDF in the paper's column widths. 1: overview with the two cubes; "
        "2: annotation maps with mean images; 3: histogram of the largest posterior; "
        "4: timelines with heat maps. Each chooses a video that tells something, "
        "unless one is named.",
    )
    parser.add_argument(
        "--run", type=named_run, required=True, help="folder of the run, or sample"
    )
    parser.add_argument("--to", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--figure",
        type=int,
        nargs="+",
        choices=tuple(TITLES),
        default=tuple(TITLES),
        help="which ones (default: all)",
    )
    parser.add_argument("--split", help="default: test where there is one")
    parser.add_argument("--video", help="id of the video to show")
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Draw the figures; one that cannot be drawn is said, the rest is done."""
    started, console = time.monotonic(), Console()
    folder = Run.open(args.run)
    split = args.split or folder.judged_split
    found = survey(folder, split)
    for problem in found.problems:
        console.done(f"note: {problem}")
    failed = False
    for number in args.figure:
        console.progress("figures", number - 1, len(TITLES), TITLES[number])
        try:
            figure = draw_figure(folder, found, split, number, args.video)
            for kind in KINDS:
                write_picture(args.to / f"{figure.stem}.{kind}", figure.picture(kind))
        except CannotWrite:
            raise
        except InputError as error:
            console.done(f"failed figure {number}: {error}")
            failed = True
            continue
        said = " ".join((", ".join(figure.videos), *figure.notes)).strip()
        say(f"figure {number}: {args.to / figure.stem}.{{png,svg,pdf}}  {said}")
    console.done(f"drawn in {closing_line(started)}")
    return 1 if failed else 0
