"""Training into a run folder: take up what is there, learn, keep the model.

A data set in, `run.json` and `model.npz` out. The same call again finds its work
done; after a stop it goes on with the features and imprints that were kept.
"""

import shutil
from importlib.metadata import version
from pathlib import Path

from dbs_core.datasets import Dataset
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.streams import named_backbone
from dbs_core.method.model import load_model, save_model
from dbs_core.method.settings import Settings
from dbs_core.runs.run import Run, RunInfo
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.learner import Learner
from dbs_core.training.learning import Learnt, learn, training_entries

PACKAGES = ("torch", "numpy", "scipy", "av", "opencv-python-headless")


def train_run(
    dataset: Dataset,
    root: Path,
    settings: Settings,
    *,
    seed: int = 0,
    cache: Path | None = None,
    device: str = "cpu",
    force: bool = False,
    progress: Progress = SILENT,
) -> Learnt | None:
    """Train a run; None when the very same run is there already.

    Args:
        dataset: what to learn from.
        root: folder of the run.
        settings: of every stage.
        seed: names all randomness.
        cache: folder of kept features (default: in the run).
        device: cpu or cuda.
        force: replace a run of other settings.
        progress: told about every stage.

    Raises:
        InputError: another run is there, no video could be used, or the disk is full.
        Cancelled: asked to stop; features and imprints so far are kept.
    """
    if not settings.untrimmed and not settings.crops and dataset.extra is None:
        raise InputError(
            "nothing trimmed to learn from", cure="add --crops or --trimmed CLIPS"
        )
    # Before anything is written: a network that is not there leaves no run behind.
    trained = (root / "model.npz").exists() and not force
    backbone = None if trained else named_backbone(settings.features, device)
    if _prepared(root, run_info(root, dataset, settings, seed), force):
        return None
    learner = Learner(
        dataset.classes,
        settings,
        seed,
        backbone or named_backbone(settings.features, device),
        FeatureCache(cache or root / "cache" / "features"),
        root / "cache",
        device,
        progress,
    )
    learnt = learn(training_entries(dataset), learner)
    save_model(root / "model.npz", learnt.model)
    return learnt


def run_info(root: Path, dataset: Dataset, settings: Settings, seed: int) -> RunInfo:
    """Say what the run of a data set is."""
    return RunInfo(
        name=root.resolve().name,
        kind=dataset.kind,
        dataset=str(dataset.root.resolve()),
        classes=dataset.classes,
        settings=store.to_json(settings),  # type: ignore[arg-type]
        seed=seed,
        versions={name: version(name) for name in PACKAGES},
        extra=str(dataset.extra.resolve()) if dataset.extra else "",
    )


def _prepared(root: Path, info: RunInfo, force: bool) -> bool:
    """Make the run folder; say whether its model is there and the one asked for.

    Raises:
        InputError: the folder holds a run of other settings, data or seed, or is none.
    """
    if root.exists() and not root.is_dir():
        raise InputError(
            "a file, not a folder for a run", where=root, cure="name another"
        )
    if (root / "run.json").exists() and not force:
        _require_same(root, info)
        if (root / "model.npz").exists():
            load_model(root / "model.npz")
            return True
    for stale in ("results", "detections"):
        shutil.rmtree(root / stale, ignore_errors=True)
    (root / "model.npz").unlink(missing_ok=True)
    Run.create(root, info)
    return False


def _require_same(root: Path, info: RunInfo) -> None:
    there = Run.open(root).info
    if (there.dataset, there.extra, there.seed, _full(there), there.classes) != (
        info.dataset,
        info.extra,
        info.seed,
        _full(info),
        info.classes,
    ):
        raise InputError(
            "holds a run of other data, settings or seed",
            where=root,
            cure="name another folder, or replace it with --force",
        )


def _full(info: RunInfo) -> Settings | None:
    """Give a run's settings, those it was made before as their defaults."""
    try:
        return store.from_json(Settings, info.settings)
    except (KeyError, TypeError, ValueError, InputError):
        return None
