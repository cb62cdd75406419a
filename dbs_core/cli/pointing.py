"""`pointing --run RUN --boxes FILE`: do heat maps point at the person who acts?"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbs_core.cli.console import Console, say
from dbs_core.cli.option_values import finite
from dbs_core.cli.outputs import write_figures
from dbs_core.datasets.actor_boxes import read_boxes
from dbs_core.evaluation.pointing import Played, Which
from dbs_core.evaluation.pointing_table import NAMES, PointingRow, pointing_rows
from dbs_core.records import ClassList
from dbs_core.runs.places import named_run
from dbs_core.runs.pointing import Games, open_detector, play
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError

DESCRIPTION = """\
The pointing game: in how many frames of an action the peak of its class's heat map lies
in the actor's box. Ours is the class's score weighted by where, in the moments around,
the class was seen and frames were unusual; beside it the score alone (Eq. 7), the
control's map without imprint, as it is and weighted alike, and what maps without any
knowledge would give. Intervals are 95 % of a bootstrap over videos.

examples
  python -m dbs_core pointing --run runs/mine --boxes boxes.json
  python -m dbs_core pointing --run runs/mine --boxes boxes.json --tolerance 15
"""
SETS: dict[Which, str] = {
    "every": "all true actions",
    "found": "actions that were found",
}


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "pointing",
        help="whether heat maps point at the actor's box",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--run", type=named_run, required=True, help="folder of the run, or sample")
    add("--boxes", type=Path, required=True, metavar="FILE.json", help="by video")
    add("--split", help="default: test where there is one")
    add(
        "--tolerance",
        type=finite,
        default=0.0,
        metavar="PIXELS",
        help="around the box that count as inside (default: 0; the original game: 15)",
    )
    add("--cache", type=Path, help="folder of kept features (default: the run's)")
    add("--backbone", help="where the run's network lies now, if it moved")
    add("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Play, print the table, write the figures."""
    if args.tolerance < 0:
        raise InputError("--tolerance", wanted="0 or more pixels", got=args.tolerance)
    boxes, folder = read_boxes(args.boxes), Run.open(args.run)
    console = Console()
    detector = open_detector(
        folder, cache=args.cache, backbone=args.backbone, progress=console.progress
    )
    games = play(
        folder,
        args.split or folder.judged_split,
        boxes,
        detector,
        tolerance=args.tolerance,
        progress=console.progress,
    )
    console.done(f"{len(games.videos)} videos")
    for line in games.notes:
        print(f"note: {line}", file=sys.stderr)
    tables = {which: pointing_rows(games.played[which]) for which in SETS}
    classes = folder.info.classes
    for line in _text(games, tables, classes, args.tolerance):
        say(line)
    if args.json:
        write_figures(args.json, _figures(games, tables, classes, args.tolerance))
    return 0


def _text(
    games: Games,
    tables: dict[Which, tuple[PointingRow, ...]],
    classes: ClassList,
    tolerance: float,
) -> Iterator[str]:
    around = f", or {tolerance:g} pixels around it" if tolerance else ""
    yield f"Peak of the map in the actor's box{around}, % of frames"
    for which, words in SETS.items():
        rows = tables[which]
        labels = list(rows[0].by_class)
        names = "".join(f"{classes.name_of(label)[:15]:>16}" for label in labels)
        yield ""
        yield f"{_frames(games.played[which])} frames of {words:<25} 95 %     {names}"
        for row in rows:
            by_class = "".join(f"{row.by_class[label]:16.1f}" for label in labels)
            yield (
                f"{NAMES[row.name]:<32} {row.percent:5.1f}  "
                f"{row.low:5.1f} to {row.high:5.1f}{by_class}"
            )


def _frames(played: Sequence[Played]) -> int:
    return sum(len(one.labels) for one in played)


def _figures(
    games: Games,
    tables: dict[Which, tuple[PointingRow, ...]],
    classes: ClassList,
    tolerance: float,
) -> dict[str, object]:
    return {
        "pointing": {
            which: {
                "frames": _frames(games.played[which]),
                "rows": {row.name: _row(row, classes) for row in rows},
            }
            for which, rows in tables.items()
        },
        "tolerance": tolerance,
        "videos": list(games.videos),
    }


def _row(row: PointingRow, classes: ClassList) -> dict[str, object]:
    return {
        "percent": _number(row.percent),
        "interval": [_number(row.low), _number(row.high)],
        "by_class": {
            classes.name_of(label): _number(share)
            for label, share in row.by_class.items()
        },
    }


def _number(percent: float) -> float | None:
    return None if percent != percent else round(percent, 2)
