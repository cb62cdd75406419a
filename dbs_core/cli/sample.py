"""`sample`: the figures of the shipped sample; `--rebuild` makes its runs again."""

import argparse
import time
from collections.abc import Iterable
from pathlib import Path

from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.evaluate import table
from dbs_core.evaluation.pointing_table import NAMES
from dbs_core.runs.places import INSTALLED, SAMPLE, SAMPLE_FLOW, SHIPPED_RUNS
from dbs_core.runtime.errors import InputError
from dbs_core.training.sample import SampleFigures, read_figures, rebuild


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "sample",
        help="figures of the shipped sample, or its runs made again",
        description="Print the figures of the shipped runs on the rendered sample: of "
        "what is seen (sample), and of what moves (sample-flow). With --rebuild: "
        "train on its validation videos, detect and evaluate on its test "
        "videos, and write the runs anew; the same seed gives the same files on the "
        "same kind of CPU. The videos are computer graphics: the figures say that the "
        "software works, not how well the method does on real video.",
    )
    parser.add_argument("--rebuild", action="store_true", help="make the runs again")
    parser.add_argument(
        "--out",
        type=Path,
        default=SAMPLE,
        help="folder of the run (default: the sample); that of what moves is beside "
        "it, with -flow after its name",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        help="folder to keep features in, about 1.2 GB (default: a temporary one)",
    )
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Print the figures, made again where that is asked for."""
    if args.rebuild and INSTALLED and args.out == SAMPLE:
        raise InputError(
            "the sample of an installed copy stays as it is", cure="name --out FOLDER"
        )
    started, console = time.monotonic(), Console()
    for name, out in _folders(args.out).items():
        if not args.rebuild and out != args.out and not out.exists():
            continue
        if args.rebuild:
            figures = rebuild(
                out, name=name, cache=args.cache, progress=console.progress
            )
        else:
            figures = read_figures(out)
        say(f"Run {name}\n{text(figures)}\n")
        if args.rebuild:
            console.done(f"wrote {out}")
    if args.rebuild:
        console.done(f"made in {closing_line(started)}")
    return 0


def _folders(first: Path) -> dict[str, Path]:
    """Give where each of the runs lies."""
    flow = first.with_name(first.name + SAMPLE_FLOW.name.removeprefix(SAMPLE.name))
    return dict(zip(SHIPPED_RUNS, (first, flow), strict=True))


def text(figures: SampleFigures) -> str:
    """Lay all figures out as text, in percent."""
    return "\n".join([table(figures.rows), "", *_pointing(figures)])


def _pointing(figures: SampleFigures) -> Iterable[str]:
    found, every = figures.found, figures.every
    yield (
        f"Peak of the map in the actor's box, % of frames: {found.frames} of found "
        f"actions, {every.frames} of all"
    )
    for key, name in NAMES.items():
        if key in every.shares:
            yield f"{name:<32} {found.shares[key]:9.1f} {every.shares[key]:9.1f}"
