"""`features DATASET --to FOLDER`: features written small, to train on."""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

from dbs_core.cli.console import Console, closing_line, say
from dbs_core.cli.option_values import positive, whole
from dbs_core.cli.options import add_device, add_elsewhere, elsewhere_of
from dbs_core.datasets import open_dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.kept_maps import BYTES
from dbs_core.method.features.settings import NAMES, FeatureSettings, Precision
from dbs_core.method.features.streams import named_backbone
from dbs_core.records import VideoEntry
from dbs_core.runtime.amounts import many
from dbs_core.runtime.errors import InputError
from dbs_core.training.kept_features import Keeping, expected_frames, write_all


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    default = FeatureSettings()
    parser = subparsers.add_parser(
        "features",
        help="write features small, to train on",
        description="Make the features of a data set and write them on fewer "
        "channels, in bytes, or less often; train on them by --backbone maps:FOLDER. "
        "The same command goes on; a single video is written like those there.",
    )
    parser.add_argument("videos", type=Path, help="a data set, videos, or one video")
    add_elsewhere(parser)
    parser.add_argument("--to", type=Path, required=True, help="folder of the maps")
    parser.add_argument(
        "--keep",
        type=whole(1),
        default=0,
        metavar="CHANNELS",
        help="principal axes of training videos' cells (default: every channel)",
    )
    parser.add_argument(
        "--precision", choices=tuple(BYTES), default="float16", help="of each number"
    )
    parser.add_argument(
        "--network-precision",
        choices=get_args(Precision),
        default=default.precision,
        help="of the network's sums (default: float32)",
    )
    parser.add_argument("--rate", type=positive, default=default.rate_hz, metavar="HZ")
    parser.add_argument("--backbone", default=default.backbone, help=NAMES)
    parser.add_argument("--stream", choices=("rgb", "flow"), default=default.stream)
    parser.add_argument(
        "--size", action="store_true", help="say what it would take on disk, no more"
    )
    add_device(parser)
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Write features, or say how large they would be."""
    started, console = time.monotonic(), Console()
    settings = replace(
        FeatureSettings(),
        rate_hz=args.rate,
        backbone=args.backbone,
        stream=args.stream,
        precision=args.network_precision,
    )
    if settings.maps is not None:
        raise InputError("maps made elsewhere are written already", where=args.backbone)
    dataset = open_dataset(args.videos, elsewhere=elsewhere_of(args))
    for problem in dataset.problems:
        console.done(f"note: {problem}")
    source = named_backbone(settings, args.device)
    keeping = Keeping(
        source, settings, args.keep, args.precision, args.cache, console.progress
    )
    if args.size:
        return _say_size(dataset.videos, keeping)
    learns_from = dataset.learns_from if dataset.one_annotation else None
    own = (learns_from,) if learns_from else ("validation", "train")
    learn = [entry for entry in dataset.videos if entry.split in own]
    failures = write_all(args.to, dataset.videos, learn, keeping)
    for video, why in failures.items():
        console.done(f"failed {video}: {why}")
    done = len(dataset.videos) - len(failures)
    console.done(
        f"features of {many(done, 'video')} in {args.to}: train --backbone "
        f"maps:{args.to}; written in {closing_line(started)}"
    )
    return 1 if failures else 0


def _say_size(entries: tuple[VideoEntry, ...], keeping: Keeping) -> int:
    """Say the disk that the maps take, kept so and in full."""
    frames, failures = expected_frames(entries, keeping.settings.rate_hz)
    cells = _cells(entries, keeping)
    small, whole_bytes = keeping.bytes_of(cells), cells * keeping.source.dimensions * 2
    say(
        f"{many(len(entries) - len(failures), 'video')}, {frames:,} frames of {cells} "
        f"cells: {small / 1e3:.1f} KB each, {frames * small / 1e9:.2f} GB; in full "
        f"{whole_bytes / 1e3:.1f} KB, {frames * whole_bytes / 1e9:.2f} GB"
    )
    for video, why in failures.items():
        say(f"cannot be read: {video}: {why}")
    return 1 if failures else 0


def _cells(entries: tuple[VideoEntry, ...], keeping: Keeping) -> int:
    """Count the cells of a map, by the first second that can be looked at.

    Raises:
        InputError: none can.
    """
    why: InputError | None = None
    for entry in entries:
        with tempfile.TemporaryDirectory() as room:
            cache = FeatureCache(Path(room))
            try:
                found = cache.get(
                    entry.path, keeping.source, keeping.settings, span_s=(0.0, 1.0)
                )
            except InputError as error:
                why = error
                continue
            return found.features.maps.shape[1] * found.features.maps.shape[2]
    raise why or InputError("no video to look at")
