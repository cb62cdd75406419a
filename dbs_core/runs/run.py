"""A run folder: what a training made and what it found, each file whole or absent.

```
RUN/
  run.json                  what the run is: data set, classes, settings, seed
  model.npz                 FCN, projections, heads and the per-frame control:
                            everything detection needs
  results/<split>/<id>.npz  one VideoResult a video
  detections/<split>.json   the same detections in ActivityNet's result layout
  videos.json               where videos are that moved since, if any did
  cache/                    features and imprints, safe to delete
```
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import numpy as np

from dbs_core.datasets.formats import write_results
from dbs_core.records import ClassList, Segments, VideoResult
from dbs_core.records.one_line import one_line
from dbs_core.runs.moved_videos import moved_to
from dbs_core.runs.places import named_run
from dbs_core.runtime import files, store
from dbs_core.runtime.errors import InputError

if TYPE_CHECKING:
    from dbs_core.method.model import Model

MODEL = "model.npz"
"""In the folder of a trained run; see `method.model_file`."""
FUSION = "fusion.json"
"""In the folder of a fused run: of which runs, and with which weight."""
SCHEMA = 1


@dataclass(frozen=True)
class RunInfo:
    """What a run is. `kind` is "sample", or the layout of its data (`Dataset.kind`).

    Whether the data is THUMOS'14 is what `datasets.thumos_classes` says of kind and
    classes. `settings` is the JSON form of `pipeline.Settings`; `versions` the
    versions of the packages that decide the figures; `streams` which ones a fused run
    was made of, `extra` the folder of trimmed clips that a run learnt from as well,
    `left_out` the videos that it should have learnt from and could not, `absent` how
    many more had no file. `score_threshold` is the score from which its detections
    are best shown (None: not known, all of them). `videos` and `split_file` are what
    was named beside the data set (`datasets.Elsewhere`).
    """

    name: str
    kind: str
    dataset: str
    classes: ClassList
    settings: Mapping[str, object]
    seed: int
    versions: Mapping[str, str]
    schema: int = SCHEMA
    streams: tuple[str, ...] = ()
    extra: str = ""
    left_out: tuple[str, ...] = ()
    score_threshold: float | None = None
    absent: int = 0
    videos: tuple[str, ...] = ()
    split_file: str = ""

    __repr__ = one_line


@dataclass(frozen=True)
class Run:
    """A run folder on disk."""

    root: Path
    info: RunInfo

    def __repr__(self) -> str:
        info = self.info
        return f"Run({str(self.root)!r}: {info.kind}, {info.classes}, seed {info.seed})"

    @classmethod
    def create(cls, root: Path, info: RunInfo) -> "Run":
        """Start a run folder, or take up one of the same settings again."""
        files.write_json(root / "run.json", store.to_json(info))
        return cls(root, info)

    @classmethod
    def open(cls, root: Path) -> "Run":
        """Open a run folder.

        Raises:
            InputError: no run there, or one of another version.
        """
        value = files.read_json(root / "run.json")
        try:
            info = store.from_json(RunInfo, value)
        except store.MISFITS as error:
            raise InputError(
                "no valid run", where=root / "run.json", because=error
            ) from error
        if info.schema != SCHEMA:
            raise InputError(
                "run of another version",
                where=root,
                wanted=SCHEMA,
                got=info.schema,
                cure="train it again",
            )
        return cls(root, info)

    @property
    def model_path(self) -> Path:
        """Where the model lies or would lie."""
        return self.root / MODEL

    @property
    def features_path(self) -> Path:
        """Where features are kept, unless a folder that runs share is named."""
        return self.root / "cache" / "features"

    def model(self) -> "Model":
        """Read the model.

        Raises:
            InputError: none there, damaged, or of another version or shape.
        """
        # Imported here: it loads PyTorch, which looking at a run must not.
        from dbs_core.method.model_file import load_model

        return load_model(self.model_path)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have results."""
        folder = self.root / "results"
        if not folder.is_dir():
            return ()
        return tuple(sorted(p.name for p in folder.iterdir() if p.is_dir()))

    @property
    def judged_split(self) -> str:
        """The split that figures are of where none is named: test, if it is there."""
        return "test" if "test" in self.splits or not self.splits else self.splits[-1]

    def result_files(self, split: str) -> tuple[Path, ...]:
        """The result files of a split, sorted by name."""
        folder = self.root / "results" / split
        # By their names: to compare paths takes ten thousand of them a second.
        names = sorted(path.name for path in folder.glob("*.npz"))
        return tuple(folder / name for name in names)

    def result_path(self, split: str, video_id: str) -> Path:
        """Where a video's result lies or would lie."""
        return (
            self.root
            / "results"
            / files.file_name(split, "")
            / files.file_name(video_id, ".npz")
        )

    def result(self, split: str, video_id: str) -> VideoResult:
        """Read one video's result (InputError when there is none)."""
        return self.read_result(self.result_path(split, video_id))

    def results(self, split: str) -> Iterator[VideoResult]:
        """Read a split's results one after the other."""
        for path in self.result_files(split):
            yield self.read_result(path)

    def read_result(self, path: Path) -> VideoResult:
        """Read one of the run's result files, and tell it what only the run knows.

        Files from before results knew their projection have that of the run's settings.

        Raises:
            InputError: missing, damaged, or no result.
        """
        soft = self.info.settings.get("projection") == "soft"
        before = {"projection": "soft" if soft else "argmax"}
        found = store.read_record(path, VideoResult, before=before)
        _require_classes(found, self.info.classes, path)
        classes, truth = self.info.classes, found.truth
        truth = truth and truth.named(classes)
        found = replace(found, truth=truth, classes=classes, folder=self.root)
        if found.video_file.is_file():
            return found
        moved = self.video_file(found)
        return replace(found, video_path=str(moved)) if moved.is_file() else found

    def write_result(self, result: VideoResult) -> None:
        """Write one video's result."""
        store.write_record(self.result_path(result.split, result.video_id), result)

    def video_file(self, result: VideoResult) -> Path:
        """Where the video lies: as recorded, or where the run was told it moved to."""
        return moved_to(self.root, result.video_path)

    def write_detections(self, split: str, found: Mapping[str, Segments]) -> Path:
        """Write a split's detections in ActivityNet's result layout.

        The same detections give the same bytes: keys sorted, times to a
        millisecond, scores to six digits.
        """
        path = self.root / "detections" / files.file_name(split, ".json")
        rounded = {key: spans.as_written() for key, spans in sorted(found.items())}
        write_results(path, rounded, self.info.classes)
        return path


def _require_classes(result: VideoResult, classes: ClassList, path: Path) -> None:
    """Check that a result speaks of a run's classes, and of no others."""
    channels = {
        scores.probability.shape[-1]
        for scores in (result.frames, result.grid, result.control, result.projected)
        if scores is not None
    }
    spans = [result.candidates.segments, result.proposals]
    spans += [result.truth.segments] if result.truth else []
    labels = np.concatenate([segments.labels for segments in spans])
    known = (labels >= 0) & (labels <= len(classes))
    if channels != {classes.channels} or not known.all():
        raise InputError(
            "a result of other classes",
            where=path,
            wanted=f"scores of background and {len(classes)} classes",
            got=f"{sorted(channels)}, labels up to {labels.max(initial=0)}",
            cure="delete it and run the command again",
        )


def video_id_of(path: Path) -> str:
    """Tell a result file's video by its name; only a name that was cut is looked up.

    Raises:
        InputError: the name was cut and the file cannot be read.
    """
    if len(path.stem) > 120:
        _, header = files.read_arrays(path)
        if isinstance(header, dict) and isinstance(header.get("video_id"), str):
            return str(header["video_id"])
        raise InputError("no video's name in it", where=path)
    return unquote(path.stem)


def open_run(run: Run | str | Path = "sample") -> Run:
    """Open a run folder, or the shipped sample; an open run is given back.

    Raises:
        InputError: no run there, or one of another version.
    """
    return run if isinstance(run, Run) else Run.open(named_run(run))


def own_dataset(run: Run) -> Path:
    """Name the data set that a run was trained on; it may be relative to the run."""
    return run.root / run.info.dataset


def is_fusion(run: Run) -> bool:
    """Say whether a run was put together from two others."""
    return (run.root / FUSION).is_file()


def require_own_model(run: Run) -> None:
    """Check that a run can look at videos by itself.

    Raises:
        InputError: it is a fusion, whose streams have one model each.
    """
    if is_fusion(run):
        raise InputError(
            "no fused result of this video",
            where=run.root,
            cure="detect in both runs, then fuse them again",
        )
