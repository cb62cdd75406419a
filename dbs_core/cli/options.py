"""Options that several commands share, and how they become settings."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, get_args

import torch

from dbs_core.method.backprojection.settings import TargetKind
from dbs_core.method.detection.settings import HeadKind
from dbs_core.method.features.backbones import PrecomputedMaps
from dbs_core.method.features.settings import NAMES, FlowInput, FlowMethod, Stream
from dbs_core.method.imprint.settings import ImprintModel, MetricKind, Search, Start
from dbs_core.method.segmentation.settings import Architecture
from dbs_core.method.settings import Settings, paper_settings

Record = TypeVar("Record")
OPTIONS = (
    *("backbone", "stream", "flow_method", "flow_input", "mirrored", "imprint"),
    *("grid", "start", "search", "metric", "targets", "architecture", "dimensions"),
    *("whiten", "epochs", "crops", "untrimmed", "projection", "head"),
)
"""Of the settings, but for --paper; None where the base's value is kept."""


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


def add_backbone(parser: argparse.ArgumentParser) -> None:
    """Add where a run's backbone lies now."""
    parser.add_argument(
        "--backbone",
        help="where the run's own backbone lies now, if its file or folder moved: "
        "bn-inception:FILE or maps:FOLDER (default: as it was trained)",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what decides a run; unset options keep the base's value."""
    group = parser.add_argument_group(
        "settings", "unset ones keep the default, or the paper's with --paper"
    )
    group.add_argument(
        "--paper",
        action="store_true",
        help="start from the paper's own choices (noise start, Eq. 5 targets, "
        "whitened 512 dimensions, plain TAG and CDC) instead of ours",
    )
    _add_stream(group)
    group.add_argument("--grid", type=int, help="cells along each side, 16 to 64")
    group.add_argument(
        "--imprint",
        choices=get_args(ImprintModel),
        help="epitome as in the paper, or the counting grid before it",
    )
    group.add_argument("--start", choices=get_args(Start), help="first imprint")
    group.add_argument("--search", choices=get_args(Search), help="full or fast EM")
    group.add_argument(
        "--metric",
        choices=get_args(MetricKind),
        help="axes of the EM: principal ones, or trained end to end with the labels",
    )
    group.add_argument("--targets", choices=get_args(TargetKind), help="label maps")
    group.add_argument(
        "--architecture", choices=get_args(Architecture), help="FCN of PAPER Table 2"
    )
    group.add_argument("--dimensions", type=int, help="channels of the descriptors")
    group.add_argument(
        "--whiten", action=argparse.BooleanOptionalAction, help="whiten descriptors"
    )
    group.add_argument("--epochs", type=int, help="training epochs of the FCN")
    group.add_argument(
        "--crops",
        action=argparse.BooleanOptionalAction,
        help="train on each instance as a video of its own too",
    )
    group.add_argument(
        "--untrimmed",
        action=argparse.BooleanOptionalAction,
        help="learn labels from videos with background; without, from instances "
        "(--crops) and clips (--trimmed) alone, with --head none",
    )
    group.add_argument(
        "--projection", choices=("argmax", "soft"), help="Eq. 7 or Eq. 6"
    )
    group.add_argument(
        "--head",
        choices=get_args(HeadKind),
        help="after back-projection: none as in the paper, or a network over time",
    )


def _add_stream(group: argparse._ArgumentGroup) -> None:
    """Add the network and what it gets to see."""
    group.add_argument("--backbone", metavar="NAME", help=f"network: {NAMES}")
    group.add_argument(
        "--stream",
        choices=get_args(Stream),
        help="what the network sees: frames, or the motion from each on",
    )
    group.add_argument(
        "--flow-method",
        choices=get_args(FlowMethod),
        help="how motion is found (tvl1: only with opencv-contrib-python-headless)",
    )
    group.add_argument(
        "--flow-input",
        choices=get_args(FlowInput),
        help="motion as ten channels of a changed first layer, or as one picture",
    )
    group.add_argument(
        "--mirrored",
        action=argparse.BooleanOptionalAction,
        help="train on each video's mirror image too: twice the features",
    )


def backbone_notes(name: str) -> tuple[str, ...]:
    """Say what is amiss in a folder of maps, before the work; nothing of networks."""
    kind, _, folder = name.partition(":")
    return PrecomputedMaps(Path(folder)).notes if kind == "maps" else ()


def settings_of(args: argparse.Namespace) -> Settings:
    """Build the settings that the options ask for."""
    base = paper_settings() if args.paper else Settings()
    return replace(
        base,
        features=_changed(
            base.features,
            backbone=args.backbone,
            stream=args.stream,
            flow=args.flow_method,
            flow_input=args.flow_input,
            mirrored=args.mirrored,
        ),
        epitome=_changed(
            base.epitome,
            model=args.imprint,
            grid=args.grid,
            start=args.start,
            search=args.search,
        ),
        metric=_changed(base.metric, kind=args.metric),
        target=_changed(base.target, kind=args.targets),
        descriptor=_changed(
            base.descriptor, dimensions=args.dimensions, whiten=args.whiten
        ),
        training=_changed(base.training, epochs=args.epochs),
        architecture=args.architecture or base.architecture,
        crops=base.crops if args.crops is None else args.crops,
        untrimmed=base.untrimmed if args.untrimmed is None else args.untrimmed,
        projection=args.projection or base.projection,
        head=_changed(base.head, kind=args.head),
    )


def settings_words(args: argparse.Namespace) -> list[str]:
    """Give the options that ask for these settings; of a file or folder its name."""
    words = ["--paper"] if args.paper else []
    for name in OPTIONS:
        value = getattr(args, name)
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        elif value is not None:
            kind, colon, where = str(value).partition(":")
            words += [f"--{option}", f"{kind}{colon}{Path(where).name}"]
    return words


def _device(name: str) -> str:
    """Take a device's name if there is such a device here."""
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise argparse.ArgumentTypeError(
            f"no device {name!r} here ({reason})"
        ) from None
    return name


def _changed(record: Record, **options: object) -> Record:
    """Replace the fields that were given on the command line."""
    given = {name: value for name, value in options.items() if value is not None}
    return replace(record, **given)  # type: ignore[type-var]
