"""`explore [PLACE]`: the app on the sample, runs, data, a video or a result file."""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbs_core.cli.option_values import port
from dbs_core.cli.sharing import server_options
from dbs_core.cli.shown_place import place_of
from dbs_core.runs.places import APP, OPEN, named_run
from dbs_core.runtime.errors import InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "explore",
        help="open the app on the shipped sample, or on whatever you name",
        description="Start the app and open it in the browser; Ctrl-C ends it. It "
        "answers this computer alone, unless DBS_SHARE names the host by which others "
        "open it (SECURITY.md). Runs that are named come first in its list, then the "
        "sample and those in DBS_HOME. A data set, a video or a result file opens on "
        "its page.",
    )
    parser.add_argument(
        "places",
        type=named_run,
        nargs="*",
        metavar="PLACE",
        help="runs, or folders of them; or one data set, video, folder of videos or "
        "result file (default: the sample)",
    )
    parser.add_argument("--port", type=port, help="default: 8501, or the next free one")
    parser.add_argument(
        "--no-browser", action="store_true", help="serve only, open nothing"
    )
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Start the app in this process's place; it ends with the app."""
    options = [f"--server.port={args.port}"] if args.port else []
    if args.no_browser:
        options.append("--server.headless=true")
    for name, value in server_options().items():
        values = [value] if isinstance(value, str) else value
        options += [f"--{name}={one}" for one in values]
    command = [sys.executable, "-m", "streamlit", "run", str(_way_in()), *options]
    return _become(command, _environment(args.places))


def _way_in() -> Path:
    """Give the app's script.

    Raises:
        InputError: this copy of the program has no app.
    """
    if not APP.is_file():
        raise InputError(
            "the app is not there", where=APP, cure="install the project: pip install ."
        )
    return APP


def _environment(places: Sequence[Path]) -> dict[str, str]:
    """Name the runs to the app, before those that the user's DBS_RUNS names.

    And the one place that is no run, with which it opens.

    Raises:
        InputError: a place that the app does not open, or two that are no runs.
    """
    kinds = [(place_of(path), path.resolve()) for path in places]
    others = [f"{kind}:{path}" for kind, path in kinds if kind != "run"]
    if len(others) > 1:
        raise InputError(
            "the app opens with one of these at a time",
            got=", ".join(other.partition(":")[2] for other in others),
            cure="name one; runs may stand beside it",
        )
    before = os.environ.get("DBS_RUNS", "")
    runs = [str(path) for kind, path in kinds if kind == "run"]
    named = {"DBS_RUNS": os.pathsep.join([*runs, *([before] if before else [])])}
    return {**os.environ, **named, OPEN: others[0] if others else ""}


def _become(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program in this one's place, so that it gets every signal itself.

    Where processes cannot be replaced (Windows) it is waited for.
    """
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], list(command), environment)
    return subprocess.run(command, env=environment).returncode
