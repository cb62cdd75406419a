"""`--workers` and `--scheduler`: options of the commands that work through videos."""

import argparse
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from dbs_core.cli.option_values import whole
from dbs_core.runtime.workers import workers_here, workers_of

Run = Callable[[argparse.Namespace], int]
Paths = Callable[[argparse.Namespace], Iterable[Path | None]]


def add_cluster(
    parser: argparse.ArgumentParser, run: Run, *, reads: Paths, writes: Paths
) -> None:
    """Add the options, and let the command run with the workers that they name.

    Args:
        parser: of the command.
        run: the command.
        reads: gives the files and folders of data that workers must see.
        writes: gives the folders that they write into.
    """
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--workers",
        type=whole(1, 1024),
        metavar="N",
        help="work on N videos at once, each in a process of its own (two cores each; "
        "needs Dask: docs/scale.md)",
    )
    group.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="let the workers of a running Dask scheduler do the videos, on computers "
        "that share the folders: tcp://HOST:8786 (docs/scale.md)",
    )

    def command(args: argparse.Namespace) -> int:
        if args.workers is None and args.scheduler is None:
            return run(args)
        _whole_paths(args)
        with _workers(args, _named(reads(args)), _named(writes(args))):
            return run(args)

    parser.set_defaults(run_command=command)


def _workers(
    args: argparse.Namespace, reads: list[Path], writes: list[Path]
) -> AbstractContextManager[None]:
    if args.workers is not None:
        return workers_here(args.workers, reads, writes)
    return workers_of(args.scheduler, reads, writes)


def _named(paths: Iterable[Path | None]) -> list[Path]:
    return [path for path in paths if path is not None]


def _whole_paths(args: argparse.Namespace) -> None:
    """Name everything from the root on: workers stand in other folders."""
    for name, value in vars(args).items():
        if isinstance(value, Path):
            setattr(args, name, value.absolute())
        elif isinstance(value, list):
            whole = [v.absolute() if isinstance(v, Path) else v for v in value]
            setattr(args, name, whole)
    kind, _, place = (getattr(args, "backbone", None) or "").partition(":")
    if kind in ("maps", "bn-inception") and place:
        args.backbone = f"{kind}:{Path(place).absolute()}"
