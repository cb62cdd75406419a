"""A data set on disk as a library: its folders named once, then trained and detected.

Videos often lie elsewhere than the annotation (THUMOS'14: two large archives). Then
the run keeps a folder of links in the official layout, and every command takes that
one folder. Building resumes: features, imprints and results that are there stay.
"""

from dataclasses import dataclass
from pathlib import Path

from dbs_core.datasets import Dataset, Elsewhere
from dbs_core.datasets.dataset import BESIDE
from dbs_core.datasets.folders import split_named, videos_below
from dbs_core.datasets.thumos_classes import data_name
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.settings import Settings
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.featured import open_featured
from dbs_core.runs.folder import LIBRARY, LINKS, claim, discard, is_run, require_ours
from dbs_core.runs.run import Run
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError, reason
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.training.train_run import train_run

_DEPTH = 2


@dataclass(frozen=True)
class Folders:
    """Where a data set lies: class list and annotation, and the videos if elsewhere.

    `elsewhere` is for annotation in one file, the folders of splits for THUMOS'14.
    """

    root: Path
    validation: Path | None = None
    test: Path | None = None
    elsewhere: Elsewhere = BESIDE

    @property
    def videos(self) -> dict[str, Path]:
        """The split folders that were named."""
        named = {"validation": self.validation, "test": self.test}
        return {split: path for split, path in named.items() if path is not None}


def lay_out(folders: Folders, run: Path) -> Path:
    """Give one folder in the official layout: the root, or links to all parts.

    Raises:
        InputError: a folder is missing, the run's holds somebody's files, or links
            cannot be made here.
    """
    require_ours(run)
    if not folders.root.exists():
        raise InputError("no such folder", where=folders.root)
    if not folders.videos:
        return folders.root
    for path in (folders.root, *folders.videos.values()):
        if not path.is_dir():
            raise InputError("no such folder", where=path)
    claim(run)
    layout = run / LINKS
    parts = {split: path for split, path in folders.videos.items()}
    parts |= {p.name: p for p in sorted(folders.root.iterdir()) if _kept(p, folders)}
    try:
        layout.mkdir(parents=True, exist_ok=True)
        for name, target in parts.items():
            link = layout / name
            if link.is_symlink():
                link.unlink()
            link.symlink_to(target.resolve(), target.is_dir())
    except OSError as error:
        raise InputError(
            f"cannot link the folders ({reason(error)})",
            where=layout,
            cure=f"put the videos into {folders.root / 'validation'} and test",
        ) from error
    return layout


def _opened(
    folders: Folders,
    run: Path,
    settings: FeatureSettings | None = None,
    progress: Progress = SILENT,
) -> Dataset:
    """Open the folders as one data set; one that is none leaves no links behind."""
    require_ours(run)
    begun = is_run(run)
    try:
        root = lay_out(folders, run)
        features = settings or FeatureSettings()
        return open_featured(root, features, progress, folders.elsewhere)
    except InputError:
        if not begun:
            discard(run)
        raise


def _kept(path: Path, folders: Folders) -> bool:
    """Say whether an entry of the root goes along: not the videos named elsewhere."""
    if path.name.startswith("."):
        return False
    split = split_named(path) if path.is_dir() else None
    return split not in folders.videos or not videos_below(path, _DEPTH)


@dataclass(frozen=True)
class Work:
    """What a library is built with."""

    run: Path
    settings: Settings
    seed: int = 0
    split: str | None = None
    cache: Path | None = None
    device: str = "cpu"
    leave_out: bool = False


def build(folders: Folders, work: Work, progress: Progress = SILENT) -> dict[str, str]:
    """Train the run unless it is, then detect in its split; results appear one by one.

    Returns:
        for each video that failed, why.

    Raises:
        InputError: a folder is missing, the run is of other settings, or a video
            to train on cannot be used.
        Cancelled: asked to stop; what is finished is kept.
    """
    dataset = _opened(folders, work.run, work.settings.features, progress)
    learnt = train_run(
        dataset,
        work.run,
        work.settings,
        seed=work.seed,
        cache=work.cache,
        device=work.device,
        leave_out=work.leave_out,
        progress=progress,
    )
    failures = dict(learnt.failures) if learnt else {}
    detector = Detector.open(
        Run.open(work.run), cache=work.cache, device=work.device, progress=progress
    )
    split = work.split or dataset.judged_on or "test"
    return failures | detect_all(dataset.split(split), detector)


@dataclass(frozen=True)
class Survey:
    """What a look at the folders found, before anything is built.

    `name` is "THUMOS'14" where the classes are its twenty, else the folder's.
    """

    name: str
    classes: int
    videos: dict[str, int]
    bytes: int
    problems: tuple[str, ...]


def survey(
    folders: Folders, run: Path, settings: FeatureSettings | None = None
) -> Survey:
    """Look at the folders: which videos and classes are there, what is amiss.

    Raises:
        InputError: a folder is missing or no data set, or the run's holds
            somebody's files.
    """
    dataset = _opened(folders, run, settings)
    there = (video.path for video in dataset.videos if video.path.exists())
    size = sum(path.stat().st_size for path in there)
    return Survey(
        data_name(dataset.kind, dataset.name, dataset.classes),
        len(dataset.classes),
        _count(dataset),
        size,
        dataset.problems,
    )


def _count(dataset: Dataset) -> dict[str, int]:
    return {split: len(dataset.split(split)) for split in dataset.splits}


def remember(folders: Folders, work: Work) -> None:
    """Keep the folders' names with the run, so that building can go on another day.

    Raises:
        InputError: the run's folder holds somebody's files.
    """
    claim(work.run)
    named = {name: str(path.resolve()) for name, path in folders.videos.items()}
    value: dict[str, object] = {"root": str(folders.root.resolve()), **named}
    if work.split:
        value["split"] = work.split
    if work.leave_out:
        value["leave_out"] = "yes"
    if folders.elsewhere.videos:
        value["videos"] = [str(path.resolve()) for path in folders.elsewhere.videos]
    if folders.elsewhere.split_file:
        value["split_file"] = str(folders.elsewhere.split_file.resolve())
    files.write_json(work.run / LIBRARY, value)


def leaves_out(run: Path) -> bool:
    """Say whether a run's library trains although some videos cannot be used."""
    try:
        return "leave_out" in files.read_json(run / LIBRARY)
    except (InputError, TypeError):
        return False


def finished(run: Path) -> int:
    """Count the videos that have a result."""
    return sum(1 for _ in (run / "results").glob("*/*.npz"))


def remembered(run: Path) -> Folders | None:
    """Read the folders of a run's library; None where it is none."""
    try:
        value = files.read_json(run / LIBRARY)
        paths = {
            split: Path(value[split])
            for split in ("validation", "test")
            if split in value
        }
        apart = Elsewhere(
            tuple(Path(folder) for folder in value.get("videos", ())),
            Path(value["split_file"]) if "split_file" in value else None,
        )
        return Folders(Path(value["root"]), **paths, elsewhere=apart)
    except (*store.MISFITS, AttributeError):
        return None
