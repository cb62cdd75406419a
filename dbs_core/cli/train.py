"""`train DATASET --run RUN`: learn a run from annotated videos."""

import argparse
import shutil
import time
from importlib.metadata import version
from pathlib import Path

from dbs_core import store
from dbs_core.backbone import EfficientNetLite0
from dbs_core.cli.console import Console, closing_line
from dbs_core.cli.options import add_device, add_settings, settings_of
from dbs_core.datasets import Dataset, open_dataset
from dbs_core.errors import InputError
from dbs_core.features import FeatureCache
from dbs_core.learning import Learner, Learnt, learn, training_entries
from dbs_core.model import load_model, save_model
from dbs_core.runs import Run, RunInfo
from dbs_core.settings import Settings

PACKAGES = ("torch", "numpy", "scipy", "av", "opencv-python-headless")


def add_parser(subparsers: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command."""
    parser = subparsers.add_parser(
        "train",
        help="learn a run from annotated videos",
        description="Learn projections, FCN and control from the validation (or "
        "train) split of a data set in the THUMOS'14 or UCF101 layout. Features and "
        "imprints are kept: a stopped training goes on where it was.",
    )
    parser.add_argument("dataset", type=Path, help="folder of the data set")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--force", action="store_true", help="replace a run of other settings"
    )
    add_device(parser)
    add_settings(parser)
    parser.set_defaults(run_command=run)


def run(args: argparse.Namespace) -> int:
    """Train, unless the very same run is there already."""
    started, console = time.monotonic(), Console()
    settings = settings_of(args)
    dataset = open_dataset(args.dataset)
    for problem in dataset.problems:
        console.done(f"note: {problem}")
    if _prepared(args, dataset, settings):
        console.done(f"{args.run} is trained already; --force trains it again")
        return 0
    cache = FeatureCache(args.cache or args.run / "cache" / "features")
    learner = Learner(
        dataset.classes,
        settings,
        args.seed,
        EfficientNetLite0(args.device),
        cache,
        args.run / "cache",
        args.device,
        console.progress,
    )
    learnt = learn(training_entries(dataset), learner)
    save_model(args.run / "model.npz", learnt.model)
    _report(learnt, console, started)
    return 1 if learnt.failures else 0


def _prepared(args: argparse.Namespace, dataset: Dataset, settings: Settings) -> bool:
    """Make the run folder; say whether its model is there and the one asked for.

    Raises:
        InputError: the folder holds a run of other settings, data or seed.
    """
    info = RunInfo(
        name=args.run.resolve().name,
        kind=dataset.kind,
        dataset=str(args.dataset.resolve()),
        classes=dataset.classes,
        settings=store.to_json(settings),  # type: ignore[arg-type]
        seed=args.seed,
        versions={name: version(name) for name in PACKAGES},
    )
    if (args.run / "run.json").exists() and not args.force:
        there = Run.open(args.run).info
        same = (there.dataset, there.seed, there.settings, there.classes) == (
            info.dataset,
            info.seed,
            info.settings,
            info.classes,
        )
        if not same:
            raise InputError(
                "holds a run of other data, settings or seed",
                where=args.run,
                cure="name another folder, or replace it with --force",
            )
        if (args.run / "model.npz").exists():
            load_model(args.run / "model.npz")
            return True
    for stale in ("results", "detections"):
        shutil.rmtree(args.run / stale, ignore_errors=True)
    (args.run / "model.npz").unlink(missing_ok=True)
    Run.create(args.run, info)
    return False


def _report(learnt: Learnt, console: Console, started: float) -> None:
    losses = ", ".join(f"{loss:.3f}" for loss in learnt.losses)
    console.done(f"{learnt.imprints} imprints, loss by epoch: {losses}")
    if learnt.short:
        console.done(f"{learnt.short} instances were too short for an imprint")
    for video, why in learnt.failures:
        console.done(f"left out {video}: {why}")
    console.done(f"trained in {closing_line(started)}")
