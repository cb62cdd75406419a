"""`benchmark`: how fast this machine runs every part of the method."""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from dbs_core.benchmark import FULL, QUICK, measure
from dbs_core.benchmark.task_times import task_rows
from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.option_values import whole
from dbs_core.cli.options import add_device
from dbs_core.cli.outputs import write_figures
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.streams import named_backbone
from dbs_core.runs.places import SAMPLE, SAMPLE_DATA
from dbs_core.runs.run import Run

GOALS = {
    "imprint_48_s": "at most 0.4",
    "imprint_48_speedup": "at least 50",
    "imprint_48_gain_share": "at least 0.995",
    "imprint_48_full_search_s": "at most 0.4",
    "imprint_48_full_search_speedup": "at least 50",
    "imprint_48_full_search_gain_share": "at least 0.995",
    "fcn_c3_48_s": "at most 0.055",
    "fcn_c3_48_paper_width_bfloat16_s": "at most 0.055",
    "post_stages_s": "at most 0.050",
    "video_seconds_per_second": "at least 30",
    "bfloat16_video_seconds_per_second": "at least 60",
    "imprint_fcn_peak_mb": "at most 200",
}
"""On two CPU cores."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "benchmark",
        help="measure speed and memory of every part on this machine",
        description="Time imprint, FCN, what follows, a step of training, and the path "
        "from a file to detections; compare with the exact float32 EM in all "
        "dimensions; measure peak memory in a fresh process. Times are the least of "
        "several.",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="within a minute or so: one grid, no long video, exact EM extrapolated",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument(
        "--video",
        type=Path,
        nargs="+",
        help="files to take frames from, as many as 1150 frames need; the first is "
        "also detected in (default: the shipped sample's)",
    )
    parser.add_argument(
        "--run",
        type=Path,
        default=SAMPLE,
        help="whose model detects (default: sample's)",
    )
    parser.add_argument(
        "--workers",
        type=whole(1, 1024),
        metavar="N",
        help="measure, instead of all that, what N workers of Dask cost: --tasks "
        "without any work in them",
    )
    parser.add_argument(
        "--tasks",
        type=whole(1),
        default=10_000,
        metavar="N",
        help="with --workers (default: 10000)",
    )
    add_device(parser)
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write the figures."""
    started, console = time.monotonic(), Console()
    if args.workers:
        figures = task_rows(args.workers, args.tasks, console.progress)
    else:
        figures = _measured(args, console)
    say(text(figures))
    if args.json:
        write_figures(args.json, figures)
        console.done(f"wrote {args.json}")
    console.done(f"measured in {closing_line(started)}")
    return 0


def _measured(args: argparse.Namespace, console: Console) -> dict[str, object]:
    """Measure every part of the method."""
    model = Run.open(args.run).model()
    sizes = QUICK if args.quick else FULL
    with tempfile.TemporaryDirectory() as folder:
        return measure(
            args.video or shipped(quick=args.quick),
            model,
            named_backbone(model.settings.features, args.device),
            FeatureCache(args.cache or Path(folder)),
            sizes,
            device=args.device,
            progress=console.progress,
        )


def shipped(*, quick: bool) -> list[Path]:
    """Give the sample's videos, the test split first; a single one for a quick look."""
    found = [
        path
        for split in ("test", "validation")
        for path in sorted((SAMPLE_DATA / split).glob("*.mp4"))
    ]
    return found[:1] if quick else found


def text(figures: Mapping[str, object]) -> str:
    """Lay the figures out one a line, with the goals where there are any."""
    return "\n".join(_lines(figures))


def _lines(figures: Mapping[str, object]) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, list):
            for row in value:
                yield f"{name:<40} {_inline(row)}"
        else:
            goal = f"   (goal: {GOALS[name]})" if name in GOALS else ""
            yield f"{name:<40} {_short(value)}{goal}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return _inline(value)
    return f"{value:10.4g}" if isinstance(value, float) else f"{value!s:>10}"


def _inline(row: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {_short(value).strip()}" for key, value in row.items())
