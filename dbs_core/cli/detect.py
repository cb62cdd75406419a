"""`detect --run RUN VIDEO_OR_DATASET`: find the actions in videos."""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbs_core.cli.cluster_options import add_cluster
from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.options import (
    add_backbone,
    add_device,
    add_elsewhere,
    backbone_notes,
    elsewhere_of,
)
from dbs_core.records import ClassList, Segments, VideoEntry
from dbs_core.runs.beside import beside, is_foreign
from dbs_core.runs.detecting import Detector, chosen, detect_all, open_to_detect
from dbs_core.runs.own_videos.requests import establish
from dbs_core.runs.places import named_run
from dbs_core.runs.run import Run
from dbs_core.runs.truth_times import truth_past_the_end
from dbs_core.runtime.amounts import many

SHOWN = 10


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "detect",
        help="find the actions in a video, a folder of videos or a data set",
        description="Find the actions in videos with a trained run. Results go into "
        "the run folder, where the explorer finds them; videos that have one are "
        "skipped.",
    )
    parser.add_argument(
        "videos", type=Path, help="a video file, a folder of them, or a data set"
    )
    parser.add_argument(
        "--run", type=named_run, required=True, help="folder of the run, or sample"
    )
    parser.add_argument(
        "--split",
        help="which split of a data set (default: test where there is one, "
        "validation of ActivityNet)",
    )
    add_elsewhere(parser)
    add_backbone(parser)
    add_device(parser)
    add_cluster(
        parser,
        run,
        reads=lambda args: (args.videos, *args.video_folders),
        writes=lambda args: (args.run, args.cache),
    )


def run(args: argparse.Namespace) -> int:
    """Detect, print what was found, list what failed."""
    started, console = time.monotonic(), Console()
    detector = open_detector(args.run, args, console)
    dataset = open_to_detect(
        detector.run, args.videos, elsewhere_of(args), args.backbone
    )
    for problem in (*dataset.problems, *backbone_notes(detector.features)):
        console.done(f"note: {problem}")
    if is_foreign(dataset, detector.run):
        detector = beside_sample(detector, console)
    entries = chosen(dataset, args.split)
    failures = detect_all(entries, detector)
    for entry in entries[:SHOWN]:
        if entry.video_id not in failures:
            result = detector.run.result(entry.split, entry.video_id)
            say(table(entry, result.detections, detector.run.info.classes))
    report_problems(entries, detector.run, failures, console)
    if len(entries) > SHOWN:
        say(f"... and {len(entries) - SHOWN} more videos")
    report_failures(failures, console)
    for split in sorted({entry.split for entry in entries} & set(detector.run.splits)):
        console.done(f"wrote {detector.run.root / 'detections' / split}.json")
    console.done(f"detected in {closing_line(started)}")
    return 1 if failures else 0


def open_detector(folder: Path, args: argparse.Namespace, console: Console) -> Detector:
    """Open the run as the options say."""
    return Detector.open(
        Run.open(folder),
        cache=args.cache,
        backbone=args.backbone,
        device=args.device,
        progress=console.progress,
    )


def beside_sample(detector: Detector, console: Console) -> Detector:
    """Let results of other videos go beside the shipped sample, which stays."""
    moved = beside(detector)
    establish(moved.run)
    console.done(f"note: the sample stays as it is; results go to {moved.run.root}")
    return moved


def table(entry: VideoEntry, found: Segments, classes: ClassList) -> str:
    """Show a video's best detections as text."""
    lines = [f"{entry.video_id}: {many(len(found), 'detection')}"]
    rows = zip(found.spans_s, found.labels, found.scores, strict=True)
    for (start, end), label, score in list(rows)[:SHOWN]:
        name = classes.name_of(int(label))
        lines.append(f"  {start:8.1f} {end:8.1f} s  {score:6.3f}  {name}")
    if len(found) > SHOWN:
        lines.append(f"  ... and {len(found) - SHOWN} of lower score")
    return "\n".join(lines)


def report_problems(
    entries: Sequence[VideoEntry],
    run: Run,
    failures: Mapping[str, str],
    console: Console,
) -> None:
    """Say what is odd about videos that were used: cut short, truth past the end."""
    seen = [
        (entry, run.result(entry.split, entry.video_id).info)
        for entry in entries
        if entry.video_id not in failures
    ]
    for entry, info in seen:
        for problem in info.problems:
            console.done(f"note: {entry.video_id}: {problem}")
    for note in truth_past_the_end(seen):
        console.done(f"note: {note}")


def report_failures(failures: dict[str, str], console: Console) -> None:
    """List the videos that failed and why, one line each."""
    for video, why in failures.items():
        console.done(f"failed {video}: {why}")
