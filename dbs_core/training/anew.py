"""A run's training once more, with other choices that only a training can take up.

The grid, the FCN, the EM's start, the head and further members are in a model, not on
top of it. What is trained anew is a run of its own in a folder beside; the data, all
other settings and the kept features are those of the run it starts from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets import Dataset, open_dataset
from dbs_core.datasets.trimmed_clips import open_clips, with_clips
from dbs_core.method.setting_paths import changed
from dbs_core.method.settings import Settings
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.featured import with_features
from dbs_core.runs.folder import is_run, require_ours
from dbs_core.runs.own_data import named_beside
from dbs_core.runs.places import shipped_name
from dbs_core.runs.run import Run, own_dataset, require_own_model
from dbs_core.runs.run_settings import settings_of
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.train_run import train_run

DEAR = ("epitome.grid", "architecture", "epitome.start", "head.kind", "members")
"""The settings that are offered, by their paths."""


@dataclass(frozen=True)
class Anew:
    """What is to be trained: like a run, but for some settings and perhaps its seed."""

    base: Run
    root: Path
    settings: Settings
    seed: int
    split: str
    """That is looked at when it is trained."""
    data: Path
    """Where the data set lies now."""
    cache: Path
    """Where features are kept, and those that are there are taken from."""


def plan(
    base: Run,
    root: Path,
    given: Mapping[str, object],
    *,
    seed: int,
    split: str,
    data: Path | None = None,
    cache: Path | None = None,
) -> Anew:
    """Say what is to be trained, before anything is.

    Args:
        base: the run that it is like.
        root: a new or empty folder, or one in which this training was begun.
        given: settings by their paths, see `DEAR`.
        seed: names all randomness.
        split: to look at when it is trained.
        data: where the data set lies now (default: where it was).
        cache: folder of kept features (default: the base's where it has one, else
            the new run's).

    Raises:
        InputError: the base cannot be trained like this, it is no other training than
            the base's, or the folder holds something else.
    """
    if base.info.kind == "video":
        raise InputError(
            "a run of own videos was not trained",
            where=base.root,
            cure="take the run whose classes it looks for",
        )
    require_own_model(base)
    before = settings_of(base)
    settings = changed(before, given)
    if settings == before and seed == base.info.seed:
        raise InputError(
            "nothing is changed",
            cure="choose another grid, FCN, start, head, number of members or seed",
        )
    if root.resolve() == base.root.resolve():
        raise InputError(
            "that is the run itself", where=root, cure="name another folder"
        )
    _require_begun_alike(root, settings, seed)
    place = data or own_dataset(base).resolve()
    return Anew(base, root, settings, seed, split, place, cache or _cache(base, root))


def _cache(base: Run, root: Path) -> Path:
    """Take the base's features, but never write beside a shipped run."""
    own = base.features_path
    usable = own.is_dir() and not shipped_name(base.root)
    return own if usable else root / own.relative_to(base.root)


def _require_begun_alike(root: Path, settings: Settings, seed: int) -> None:
    """Refuse a folder of another's, or of another run; the very same goes on."""
    require_ours(root)
    if not is_run(root):
        return
    there = Run.open(root)
    if settings_of(there) != settings or there.info.seed != seed:
        raise InputError(
            "holds a run of other settings or seed",
            where=root,
            cure="name another folder",
        )


def data_of(wanted: Anew) -> Dataset:
    """Open the data set that is learnt from, with all that was named beside it.

    Raises:
        InputError: it is not there, or it is another one.
    """
    info, features = wanted.base.info, wanted.settings.features
    if not wanted.data.exists():
        raise InputError(
            "the data set of this run is not there any more",
            where=wanted.data,
            cure="name where it lies now",
        )
    found = open_dataset(
        wanted.data,
        elsewhere=named_beside(info),
        alone=features.maps is not None,
    )
    if found.classes.names != info.classes.names:
        raise InputError(
            "data set of other classes",
            where=wanted.data,
            wanted=", ".join(info.classes.names),
            got=", ".join(found.classes.names),
        )
    found = with_features(found, features)
    return with_clips(found, open_clips(Path(info.extra))) if info.extra else found


def leaves_out(base: Run) -> bool:
    """Say whether the base was trained although some videos could not be used."""
    return bool(base.info.left_out)


def train_anew(wanted: Anew, progress: Progress = SILENT) -> dict[str, str]:
    """Train, then look at the split; the same again goes on where it was stopped.

    Returns:
        for each video that failed, why.

    Raises:
        InputError: as `data_of` and `train_run`.
        Cancelled: asked to stop; features and imprints so far are kept.
    """
    dataset = data_of(wanted)
    learnt = train_run(
        dataset,
        wanted.root,
        wanted.settings,
        seed=wanted.seed,
        cache=wanted.cache,
        leave_out=leaves_out(wanted.base),
        progress=progress,
    )
    detector = Detector.open(
        Run.open(wanted.root), cache=wanted.cache, progress=progress
    )
    failures = dict(learnt.failures) if learnt else {}
    return failures | detect_all(dataset.split(wanted.split), detector)
