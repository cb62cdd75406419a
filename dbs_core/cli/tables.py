"""`tables --data DATASET`: the paper's tables from runs made here."""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from dbs_core.cli.cluster_options import add_cluster
from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.option_values import seed, share
from dbs_core.cli.options import (
    add_blocked,
    add_device,
    add_elsewhere,
    add_leave_out,
    elsewhere_of,
)
from dbs_core.cli.setting_options import add_settings, settings_of, settings_words
from dbs_core.datasets.trimmed_clips import open_clips
from dbs_core.evaluation.protocols.exclusions import blocked_in
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.paper.tables.makers import MAKERS, QUICK
from dbs_core.paper.tables.printed import PRINTED
from dbs_core.paper.tables.table import PaperTable, beside
from dbs_core.paper.tables.table_runs import Workshop
from dbs_core.paper.tables.writing import FOLDER, to_markdown, write_table
from dbs_core.runs.featured import open_featured
from dbs_core.runtime.errors import CannotWrite, InputError


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "tables",
        help="the paper's Tables 1 to 8, and ours, beside the printed values",
        description="Train, detect and evaluate whatever the tables need, each set of "
        "settings once, and write every table as CSV, Markdown and JSON: 1 grid, "
        "2 FCN, 3 training data, 4 streams, 5 per frame, 6 tIoU, 7-8 by ActivityNet's "
        "rule (of data in its layout), and "
        f"ours: {', '.join(key for key in MAKERS if not key.isdigit())}. "
        "Control and ceilings stand in each. "
        "Runs are kept: the same command goes on where it stopped. Without --head the "
        "paper's DBS is measured, without a temporal head.",
    )
    parser.add_argument("--data", type=Path, required=True, help="data set")
    add_elsewhere(parser)
    add_blocked(parser)
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs/tables"),
        help="folder of the runs; tables go to its folder `tables`, and to that of the "
        "run with the base's settings, where the explorer shows them",
    )
    parser.add_argument(
        "--table", nargs="+", choices=tuple(MAKERS), help="which (default: all)"
    )
    parser.add_argument("--seeds", type=seed, nargs="+", default=[0], help="default: 0")
    parser.add_argument(
        "--trimmed", type=Path, help="folder of trimmed clips to train on (Table 3)"
    )
    parser.add_argument(
        "--author-maps",
        type=Path,
        help="folder of the first author's EPmaps_info_*.mat, for the table `maps`",
    )
    parser.add_argument(
        "--weight",
        type=share,
        default=FUSION_WEIGHT,
        help="of RGB in the fusion with flow",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="few settings, few epochs, small grid, one stream: shows that it works",
    )
    add_leave_out(parser)
    add_device(parser)
    add_settings(parser)
    add_cluster(
        parser,
        run,
        reads=lambda args: (args.data, args.trimmed, *args.video_folders),
        writes=lambda args: (args.runs, args.cache),
    )


def run(args: argparse.Namespace) -> int:
    """Make each table; one that cannot be made is said, the rest goes on."""
    started, console = time.monotonic(), Console()
    workshop = _workshop(args, console)
    wanted = args.table or (QUICK if args.quick else tuple(MAKERS))
    folder, failed = args.runs / FOLDER, False
    made: list[PaperTable] = []
    base = workshop.folder(workshop.base, args.seeds[0])
    for key in wanted:
        try:
            table = MAKERS[key](workshop)
        except CannotWrite:
            raise
        except InputError as error:
            console.done(f"no table {key}: {error}")
            failed |= args.table is not None
            continue
        table = beside(table, PRINTED[key]) if key in PRINTED else table
        made.append(table)
        write_table(folder, table)
        # The base's run may be there only now: what was made before goes along.
        for one in made if (base / "run.json").is_file() else ():
            write_table(base / FOLDER, one)
        say(to_markdown(table))
    for video, why in workshop.failures.items():
        console.done(f"failed {video}: {why}")
    console.done(f"tables in {folder}, made in {closing_line(started)}")
    return 1 if failed or workshop.failures else 0


def _workshop(args: argparse.Namespace, console: Console) -> Workshop:
    """Check what was asked for, before the work."""
    base = _base(args)
    dataset = open_featured(args.data, base.features, elsewhere=elsewhere_of(args))
    for problem in dataset.problems:
        console.done(f"note: {problem}")
    if args.blocked:
        dataset = dataset.without(blocked_in(args.blocked, dataset.ids))
    dataset.split(dataset.judged_on or "test")
    return Workshop(
        dataset,
        args.runs,
        base,
        tuple(args.seeds),
        args.cache,
        open_clips(args.trimmed) if args.trimmed else None,
        args.author_maps,
        args.weight,
        args.quick,
        args.device,
        _command(args),
        console.progress,
        args.leave_out,
    )


def _command(args: argparse.Namespace) -> str:
    """The command that makes a table again, but for its number and where files lie."""
    words = ["python -m dbs_core tables --data", args.data.name]
    if args.seeds != [0]:
        words += ["--seeds", *(str(seed) for seed in args.seeds)]
    if args.trimmed:
        words += ["--trimmed", args.trimmed.name]
    if args.author_maps:
        words += ["--author-maps", args.author_maps.name]
    if args.weight != FUSION_WEIGHT:
        words += ["--weight", f"{args.weight:g}"]
    if args.video_folders:
        words += ["--videos", *(folder.name for folder in args.video_folders)]
    if args.split_file:
        words += ["--split-file", args.split_file.name]
    if args.blocked:
        words += ["--blocked", args.blocked.name]
    words += ["--quick"] if args.quick else []
    words += ["--leave-out"] if args.leave_out else []
    words += settings_words(args)
    return " ".join(words)


def _base(args: argparse.Namespace) -> Settings:
    """The settings that each table varies: no head unless asked for."""
    asked = {**vars(args), "head": args.head or "none"}
    settings = settings_of(argparse.Namespace(**asked))
    if args.quick:
        settings = replace(
            settings,
            epitome=replace(
                settings.epitome, grid=args.grid or min(24, settings.epitome.grid)
            ),
            training=replace(settings.training, epochs=args.epochs or 3),
        )
    return settings
