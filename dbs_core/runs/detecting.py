"""Detection over many videos: resumes, goes on past a bad file, keeps the run whole."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from dbs_core.datasets import Dataset, open_dataset
from dbs_core.datasets.class_list import find_class_list
from dbs_core.datasets.dataset import BESIDE, Elsewhere
from dbs_core.datasets.loose_videos import open_videos_below
from dbs_core.method.features.cache import FeatureCache, content_hash
from dbs_core.method.features.map_source import MapSource
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.features.streams import named_backbone
from dbs_core.method.model import Model
from dbs_core.method.pipeline import detect, require_backbone
from dbs_core.records import VideoEntry, VideoResult
from dbs_core.runs.at_work import at_work
from dbs_core.runs.featured import features_of_run, with_features
from dbs_core.runs.run import Run, is_fusion, require_own_model
from dbs_core.runs.summaries import readable_detections
from dbs_core.runtime.cluster import each
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.locks import held
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.stage_clock import Stage

SEQUENCES = "maps-1x1x"
"""How the names of sources of pooled features begin."""


@dataclass(frozen=True)
class Detector:
    """A run with its model, and what it needs to look at new videos."""

    run: Run
    model: Model
    make_backbone: Callable[[], MapSource]
    cache: FeatureCache
    device: str = "cpu"
    progress: Progress = SILENT
    features: FeatureSettings = field(default_factory=FeatureSettings)
    """As the model's, but for where its network lies now."""

    @classmethod
    def open(
        cls,
        run: Run,
        *,
        cache: Path | None = None,
        backbone: str | None = None,
        device: str = "cpu",
        progress: Progress = SILENT,
    ) -> "Detector":
        """Open a run's model; the backbone is loaded when the first video needs it.

        Args:
            run: whose classes are looked for.
            cache: folder of kept features (default: the run's own).
            backbone: where the run's network lies now, if its file or folder moved
                (default: as it was trained).
            device: cpu or cuda.
            progress: told about every stage.

        Raises:
            InputError: the run has no model, or one of another version or shape.
        """
        model = run.model()
        features = model.settings.features
        if backbone:
            features = replace(features, backbone=backbone)
        if features.maps is not None and model.backbone.startswith(SEQUENCES):
            # Two axes of a few files may not be told apart; the model knows.
            channels = len(model.locate.mean)
            features = replace(features, channels=channels)
        return cls(
            run,
            model,
            partial(named_backbone, features, device),
            FeatureCache(cache or run.features_path),
            device,
            progress,
            features,
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to a worker as what it is opened with: no network is sent."""
        digest = content_hash(self.run.model_path)
        place = (self.run.root, self.cache.root)
        return _opened_again, (*place, digest, self.features, self.device)

    @cached_property
    def backbone(self) -> MapSource:
        """The network, loaded when the first video needs it."""
        return self.make_backbone()

    def detect(self, entry: VideoEntry, stage: Stage = nullcontext) -> VideoResult:
        """Find the actions in one video; the run's results stay as they are.

        Raises:
            InputError: as `pipeline.detect`; the run is a fusion, without own model.
            Cancelled: asked to stop.
        """
        require_own_model(self.run)
        return detect(
            entry,
            self.model,
            self.backbone,
            self.cache,
            device=self.device,
            progress=self.progress,
            stage=stage,
        )

    def write(self, entry: VideoEntry) -> None:
        """Find the actions in one video and write its result into the run.

        Raises:
            InputError: as `detect`.
            CannotWrite: the disk is full.
        """
        self.run.write_result(self.detect(entry))


def _opened_again(
    root: Path, cache: Path, digest: str, features: FeatureSettings, device: str
) -> Detector:
    """Open a detector on a worker.

    Raises:
        InputError: the model there is another one.
    """
    run = Run.open(root)
    if content_hash(run.model_path) != digest:
        raise InputError(
            "another model than that of the command",
            where=run.model_path,
            cure="use folders that all workers share",
        )
    return Detector(
        run,
        run.model(),
        partial(named_backbone, features, device),
        FeatureCache(cache),
        device,
        features=features,
    )


def detect_all(entries: Sequence[VideoEntry], detector: Detector) -> dict[str, str]:
    """Detect in every video that has no result yet; then write the detections.

    Returns:
        for each video that failed, and each older result that is damaged, why.

    Raises:
        InputError: the run's backbone is not there, or not the model's.
        CannotWrite: the disk is full; finished videos are kept, the same call goes on.
        Occupied: another process writes the run.
        Cancelled: asked to stop; finished videos are kept.
    """
    todo = [entry for entry in entries if not _done(entry, detector.run)]
    # Once, before hours of work, and not once a video. A fusion has no backbone: its
    # missing videos fail one by one, and what is there is still evaluated.
    if todo and not is_fusion(detector.run):
        require_backbone(detector.model, detector.backbone)
    with at_work(detector.run.root) if todo else nullcontext():
        failures = _detected(todo, detector, len(entries) - len(todo), len(entries))
    for split in sorted({entry.split for entry in entries} & set(detector.run.splits)):
        failures |= write_detections(detector.run, split)
    return failures


def _detected(
    todo: Sequence[VideoEntry], detector: Detector, finished: int, whole: int
) -> dict[str, str]:
    """Detect in videos; of each that cannot be used, why."""

    def tell(done: int, entry: VideoEntry) -> None:
        detector.progress("detect", finished + done, whole, entry.video_id)

    found = each(detector.write, todo, tell)
    return {
        entry.video_id: str(error)
        for entry, error in found
        if isinstance(error, InputError)
    }


def _done(entry: VideoEntry, run: Run) -> bool:
    path = run.result_path(entry.split, entry.video_id)
    return path.exists() and _same_video(entry, run)


def _same_video(entry: VideoEntry, run: Run) -> bool:
    """Say whether the kept result is of this very file: names are not unique."""
    try:
        kept = run.result(entry.split, entry.video_id)
    except InputError:
        return False
    if not kept.info.seen and not entry.path.exists():
        return True  # features stand for both, and an id names one video in a split
    return run.video_file(kept).resolve() == entry.path.resolve()


def write_detections(run: Run, split: str) -> dict[str, str]:
    """Write a split's detections from all its results.

    Returns:
        for each result that cannot be read, by its file's name, why; the rest is
        written.
    """
    # One at a time: the last to write has read all.
    with held(run.result_path(split, "any").parent, wait=True):
        found, failures = readable_detections(run, split)
        run.write_detections(split, found)
    return failures


def open_for(
    run_folder: Run,
    path: Path,
    elsewhere: Elsewhere = BESIDE,
    backbone: str | None = None,
) -> Dataset:
    """Open videos for a run; features made elsewhere stand for those without a file.

    Args:
        run_folder: of the run.
        path: a video, or a data set.
        elsewhere: what of the data set lies apart.
        backbone: where those features lie now (default: where the run had them).

    Raises:
        InputError: the data set's classes are not the run's.
    """
    features = features_of_run(run_folder)
    if backbone:
        features = replace(features, backbone=backbone)
    dataset = open_dataset(
        path,
        run_folder.info.classes,
        elsewhere=elsewhere,
        alone=features.maps is not None,
    )
    require_classes(dataset, run_folder)
    return with_features(dataset, features, run_folder)


def require_classes(dataset: Dataset, run_folder: Run) -> None:
    """Check that a data set has a run's classes, or none of its own.

    Raises:
        InputError: it has others.
    """
    classes = run_folder.info.classes
    if dataset.kind != "video" and dataset.classes.names != classes.names:
        raise InputError(
            "data set of other classes",
            where=dataset.root,
            wanted=", ".join(classes.names),
            got=", ".join(dataset.classes.names),
            cure="use a run that was trained on these classes",
        )


def open_to_detect(
    run_folder: Run,
    path: Path,
    elsewhere: Elsewhere = BESIDE,
    backbone: str | None = None,
) -> Dataset:
    """Open videos to look at: detection needs no classes but the run's.

    A folder without a class list that is no data set of this run, be it a folder a
    class, an event or a day, is the video files below it.

    Raises:
        InputError: no video there, or a data set with a list of other classes.
    """
    try:
        return open_for(run_folder, path, elsewhere, backbone)
    except InputError:
        if not path.is_dir() or find_class_list(path) is not None:
            raise
    loose = open_videos_below(path, run_folder.info.classes)
    note = f"{path}: no data set of this run's classes, its videos are loose ones"
    return replace(loose, problems=(note, *loose.problems))


def chosen(dataset: Dataset, split: str | None) -> tuple[VideoEntry, ...]:
    """Give the videos of the wanted split, or of the one to be judged, or all."""
    split = split or dataset.judged_on
    return dataset.split(split) if split else dataset.videos
