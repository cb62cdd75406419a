"""Options that several commands share: where to compute, where features lie."""

import argparse
from pathlib import Path

from dbs_core.datasets import Elsewhere
from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.runtime.devices import require_device
from dbs_core.runtime.errors import InputError


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add where to compute and where to keep features."""
    parser.add_argument(
        "--device",
        type=_device,
        default="cpu",
        help="cpu, or cuda on a GPU box (default: cpu)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        help="folder of kept features, about 125 KB a sampled frame; share it between "
        "runs (default: RUN/cache)",
    )


def add_leave_out(parser: argparse.ArgumentParser) -> None:
    """Add whether to train although some videos cannot be used."""
    parser.add_argument(
        "--leave-out",
        action="store_true",
        help="train although some videos cannot be used; the run names them (default: "
        "refuse, features of the others are kept)",
    )


def add_elsewhere(parser: argparse.ArgumentParser) -> None:
    """Add where the parts of a data set lie that has one file of annotation."""
    parser.add_argument(
        "--videos",
        dest="video_folders",
        type=Path,
        nargs="+",
        default=[],
        metavar="FOLDER",
        help="of an ActivityNet JSON or a CSV: the folders of its videos, ID.* or "
        "v_ID.* (default: the folder that it lies in)",
    )
    parser.add_argument(
        "--split-file",
        type=Path,
        metavar="FILE",
        help="which video is of which split: lines 'video train|validation|test' "
        "(default: as the annotation says)",
    )


def add_blocked(parser: argparse.ArgumentParser) -> None:
    """Add a list of videos that do not count."""
    parser.add_argument(
        "--blocked",
        type=Path,
        metavar="FILE",
        help="videos that do not count, neither their truths nor what is found there: "
        "a JSON list of ids as ActivityNet's, or lines, as in RUN/missing/",
    )


def elsewhere_of(args: argparse.Namespace) -> Elsewhere:
    """Say what the options name beside a data set."""
    return Elsewhere(tuple(args.video_folders), args.split_file)


def add_backbone(parser: argparse.ArgumentParser) -> None:
    """Add where a run's backbone lies now."""
    parser.add_argument(
        "--backbone",
        help="where the run's own backbone lies now, if its file or folder moved: "
        "bn-inception:FILE or maps:FOLDER (default: as it was trained)",
    )


def backbone_notes(settings: FeatureSettings) -> tuple[str, ...]:
    """Say what is amiss in a folder of maps, before the work; nothing of networks."""
    if settings.maps is None:
        return ()
    return MapFolder(settings.maps, settings.channels, settings.stream).notes


def _device(name: str) -> str:
    """Take a device's name if there is such a device here."""
    try:
        return require_device(name)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
