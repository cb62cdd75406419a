"""Parse the command line, run one command, turn its end into an exit code.

0: done. 1: some videos failed and are listed, the rest is done. 2: wrong use, or
nothing could be done. 130: stopped with Ctrl-C; what was finished is kept. 141: nobody
reads what it prints any more.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dbs_core.cli.option_values import Parser
from dbs_core.runtime.errors import Cancelled, InputError
from dbs_core.runtime.given_paths import given_path

UNREAD = 141
"""As the shell says of what SIGPIPE ended."""
COMMANDS = (
    "explore",
    "train",
    "detect",
    "evaluate",
    "folds",
    "fuse",
    "score",
    "errors",
    "compare",
    "what-if",
    "library",
    "features",
    "videos",
    "sample",
    "annotate",
    "pointing",
    "figures",
    "tables",
    "benchmark",
)

PROGRAM = "python -m dbs_core"
DESCRIPTION = """\
Temporal action detection by spatial segmentation of video imprints (DBS).

  python -m dbs_core explore [PLACE]                     the app, on what you name
  python -m dbs_core train DATASET --run runs/mine       learn from annotated videos
  python -m dbs_core detect --run runs/mine VIDEO        find the actions in a video
  python -m dbs_core evaluate --run runs/mine --control --ceilings
  python -m dbs_core folds DATASET --runs DIR --try head=pyramid    choose settings
  python -m dbs_core fuse --run runs/rgb --run runs/flow --to runs/both
  python -m dbs_core score --protocol thumos14 --truth T --detections result.txt
  python -m dbs_core errors --run runs/mine              what is wrong, what it costs
  python -m dbs_core compare --a runs/one --b runs/two    what got better, what worse
  python -m dbs_core what-if --run runs/mine --set nms=0.5    what a knob would do
  python -m dbs_core library ROOT --run runs/thumos14    THUMOS'14 on disk: all of it
  python -m dbs_core features DATASET --to DIR --size    features kept small
  python -m dbs_core videos --run runs/mine --to DIR     the videos have moved to DIR
  python -m dbs_core annotate --run R --video ID --to V.mp4   found, drawn into a video
  python -m dbs_core pointing --run R --boxes F          do heat maps point at the actor
  python -m dbs_core figures --run runs/mine --to DIR    the paper's Figures 1 to 4
  python -m dbs_core tables --data DATASET               the paper's Tables 1 to 8
  python -m dbs_core benchmark --quick                   speed on this machine
  python -m dbs_core sample                              figures of what is shipped

The shipped run is called sample: detect VIDEO --run sample.
Each command has a --help of its own. Interrupted work goes on where it stopped when
the same command is given again.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file name that is no UTF-8 must not end what prints it.
        sys.stdout.reconfigure(errors="backslashreplace")
    prog = _called()
    parser = Parser(
        prog=prog,
        description=DESCRIPTION.replace(PROGRAM, prog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    argv = sys.argv[1:] if argv is None else argv
    # Only the named command is loaded: scoring a file needs no torch.
    named = [name for name in COMMANDS if argv and argv[0] == name]
    for name in named or COMMANDS:
        module = name.replace("-", "_")
        importlib.import_module(f"dbs_core.cli.{module}").add_parser(subparsers)
    try:
        args = parser.parse_args(argv)
        _look_at_paths(args)
        code = args.run_command(args)
        sys.stdout.flush()
        return code
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        if _is_read():
            raise
        # Whoever read along has seen enough (`| head`): the rest goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (Cancelled, KeyboardInterrupt):
        print(
            "stopped; what was finished is kept, the same command goes on from there",
            file=sys.stderr,
        )
        return 130


def _is_read() -> bool:
    """Say whether somebody still takes what is printed."""
    try:
        print(flush=True)  # what failed is no longer there to be written
    except BrokenPipeError:
        return False
    return True


def _look_at_paths(args: argparse.Namespace) -> None:
    """Refuse what cannot be a path before any work, whichever option names it."""
    for name, value in vars(args).items():
        if isinstance(value, Path):
            setattr(args, name, given_path(value))
        elif isinstance(value, list) and any(isinstance(v, Path) for v in value):
            setattr(args, name, [given_path(v) for v in value])


def _called() -> str:
    """Say how the user called this: by the installed command, or as a module."""
    return "dbs" if Path(sys.argv[0]).stem == "dbs" else PROGRAM
