"""Training into a run folder: take up what is there, learn, keep the model.

A data set in, `run.json` and `model.npz` out. The same call again finds its work
done; after a stop it goes on with the features and imprints that were kept.
"""

import warnings
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from dbs_core.datasets import Dataset
from dbs_core.evaluation.protocols.rules import rule_for
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.features.streams import named_backbone
from dbs_core.method.model_file import save_model
from dbs_core.method.settings import Settings
from dbs_core.runs.at_work import Occupied, at_work
from dbs_core.runs.featured import open_featured
from dbs_core.runs.folder import (
    claim,
    discard,
    has_kept,
    is_run,
    put_model,
    require_ours,
)
from dbs_core.runs.own_data import list_missing
from dbs_core.runs.run import Run, RunInfo
from dbs_core.runtime import store
from dbs_core.runtime.devices import require_device
from dbs_core.runtime.errors import InputError, NothingToLearn
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.learner import Learner
from dbs_core.training.learning import (
    Learnt,
    gone_from_training,
    learn,
    training_entries,
)

PACKAGES = ("torch", "numpy", "scipy", "av", "opencv-python-headless")


def train(
    dataset: Dataset | str | Path,
    run: Run | str | Path,
    settings: Settings | None = None,
    *,
    seed: int = 0,
    cache: str | Path | None = None,
    device: str = "cpu",
    force: bool = False,
    leave_out: bool = False,
    progress: Progress = SILENT,
) -> Run:
    """Train a run: the folder that `python -m dbs_core train` makes.

    What is wrong with the data set, and each video that was left out, is a warning.

    Args:
        dataset: a data set or its path, in the THUMOS'14, UCF101 or ActivityNet layout.
        run: folder of the run. The very same run there already is given as it is.
        settings: of every stage (default: ours).
        seed: names all randomness.
        cache: folder of kept features (default: in the run).
        device: cpu or cuda.
        force: replace a run of other settings.
        leave_out: train although some videos cannot be used.
        progress: told about every stage.

    Raises:
        InputError: another run is there, a video cannot be used, or the disk is full.
        Cancelled: `progress` asked to stop; features and imprints so far are kept.
    """
    settings = settings or Settings()
    if not isinstance(dataset, Dataset):
        dataset = open_featured(dataset, settings.features)
    root = run.root if isinstance(run, Run) else given_path(run)
    learnt = train_run(
        dataset,
        root,
        settings,
        seed=seed,
        cache=given_path(cache) if cache else None,
        device=require_device(device),
        force=force,
        leave_out=leave_out,
        progress=progress,
    )
    failures = learnt.failures if learnt else ()
    left_out = [f"left out {video}: {why}" for video, why in failures]
    odd = learnt.notes if learnt else ()
    for note in (*dataset.problems, *odd, *left_out):
        warnings.warn(note, stacklevel=2)
    return Run.open(root)


def train_run(
    dataset: Dataset,
    root: Path,
    settings: Settings,
    *,
    seed: int = 0,
    cache: Path | None = None,
    device: str = "cpu",
    force: bool = False,
    leave_out: bool = False,
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
        force: replace a run of other settings; it stays until the new one is whole.
        leave_out: train although some videos cannot be used; the run names them.
        progress: told about every stage.

    Raises:
        InputError: another run or no run at all is there, or a video cannot be used:
            features of the others are kept.
        CannotWrite: the disk is full; the same call goes on.
        Occupied: another process is at work there.
        NothingToLearn: no video could be used; a folder that is no run yet is left
            as it was, but for kept features.
        Cancelled: asked to stop; features and imprints so far are kept.
    """
    run = Run(root, run_info(root, dataset, settings, seed))
    begun = is_run(root)
    if _is_trained(run, force):
        return None
    try:
        entries = training_entries(dataset)
        learner = _learner(dataset, run, settings, cache, device, progress)
        learner = replace(learner, leave_out=leave_out)
        claim(root)
        with at_work(root):
            # Another process may have trained it since.
            if _is_trained(run, force):
                return None
            if not begun:
                Run.create(root, run.info)
            list_missing(root, dataset)
            learnt = learn(entries, learner)
            names = tuple(video for video, _ in learnt.failures)
            info = replace(
                run.info, left_out=names, score_threshold=learnt.score_threshold
            )
            run = replace(run, info=info)
            put_model(run, lambda path: save_model(path, learnt.model))
    except Occupied:
        raise
    except InputError as error:
        if not begun and (isinstance(error, NothingToLearn) or not has_kept(root)):
            discard(root)
        raise
    return learnt


def _learner(
    dataset: Dataset,
    run: Run,
    settings: Settings,
    cache: Path | None,
    device: str,
    progress: Progress,
) -> Learner:
    """Make ready to learn, before anything is written.

    Raises:
        InputError: there is nothing to learn from, or the network is not there.
    """
    if not settings.untrimmed and not settings.crops and dataset.extra is None:
        raise NothingToLearn(
            "nothing trimmed to learn from", cure="add --crops or --trimmed CLIPS"
        )
    return Learner(
        dataset.classes,
        settings,
        run.info.seed,
        named_backbone(settings.features, device),
        FeatureCache(cache or run.features_path),
        run.root / "cache",
        device,
        progress,
        rule_for(dataset.kind, dataset.classes),
    )


def run_info(root: Path, dataset: Dataset, settings: Settings, seed: int) -> RunInfo:
    """Say what the run of a data set is."""
    split_file = dataset.elsewhere.split_file
    return RunInfo(
        name=root.resolve().name,
        kind=dataset.kind,
        dataset=str(dataset.root.resolve()),
        classes=dataset.classes,
        settings=store.to_json(settings),  # type: ignore[arg-type]
        seed=seed,
        versions={name: version(name) for name in PACKAGES},
        extra=str(dataset.extra.resolve()) if dataset.extra else "",
        absent=len(gone_from_training(dataset)),
        videos=tuple(str(folder.resolve()) for folder in dataset.elsewhere.videos),
        split_file=str(split_file.resolve()) if split_file else "",
    )


def _is_trained(run: Run, force: bool) -> bool:
    """Say whether the run asked for is there with its model, and is to stay.

    Raises:
        InputError: the folder holds a run of other settings, data or seed, or is none.
    """
    require_ours(run.root)
    if force or not is_run(run.root):
        return False
    _require_same(run)
    if not run.model_path.exists():
        return False
    run.model()
    return True


def _require_same(run: Run) -> None:
    there, info = Run.open(run.root).info, run.info
    if _asked(there) != _asked(info):
        raise InputError(
            "holds a run of other data, settings or seed",
            where=run.root,
            cure="name another folder, or replace it with --force",
        )


def _asked(info: RunInfo) -> tuple[object, ...]:
    """Give what makes a run that run, and no other."""
    data = (info.dataset, info.extra, info.videos, info.split_file)
    return (*data, info.seed, _full(info), info.classes)


def _full(info: RunInfo) -> Settings | None:
    """Give a run's settings, those it was made before as their defaults."""
    try:
        return store.from_json(Settings, info.settings)
    except store.MISFITS:
        return None
