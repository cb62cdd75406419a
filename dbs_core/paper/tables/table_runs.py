"""Where a table's runs are made: each set of settings once, whatever asks for it.

A run is trained, its test videos are detected and evaluated; all of it is taken up
again when the same is asked for a second time, today or tomorrow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dbs_core.datasets import Dataset
from dbs_core.datasets.trimmed_clips import with_clips
from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.rows import Row, mean_row
from dbs_core.method.features.map_folder import MapFolder
from dbs_core.method.settings import FUSION_WEIGHT, Settings
from dbs_core.paper.tables.table import Provenance
from dbs_core.records import VideoEntry
from dbs_core.runs.detecting import Detector
from dbs_core.runs.evaluating import evaluate_run
from dbs_core.runs.fusing import fuse_runs
from dbs_core.runs.provenance import data_of, features_of
from dbs_core.runs.run import Run
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.store import fingerprint
from dbs_core.training.train_run import train_run

Rows = Mapping[str, Row]


@dataclass(frozen=True)
class Workshop:
    """A data set, the settings that a table varies, and where the runs go.

    `trimmed` are clips of the same classes to train on as well; `author_maps` the
    folder of the first author's stored annotation maps; `quick` says that few
    settings are enough; `weight` is RGB's in the fusion with flow.
    """

    dataset: Dataset
    root: Path
    base: Settings
    seeds: tuple[int, ...] = (0,)
    cache: Path | None = None
    trimmed: Dataset | None = None
    author_maps: Path | None = None
    weight: float = FUSION_WEIGHT
    quick: bool = False
    device: str = "cpu"
    command: str = ""
    progress: Progress = SILENT
    leave_out: bool = False
    """Train although some videos cannot be used."""
    failures: dict[str, str] = field(default_factory=dict)
    """Videos that could not be used, and why."""
    kept: dict[str, Rows] = field(default_factory=dict)

    @property
    def one_stream(self) -> bool:
        """Say whether there is RGB alone: a short form, or features of one kind."""
        features = self.base.features
        if self.quick or features.maps is None:
            return self.quick
        return not MapFolder(features.maps, features.channels).two_streams

    def rows(
        self, settings: Settings, *, trimmed: bool = False, rule: Rule = THUMOS
    ) -> Rows:
        """Give every method's figures with these settings, the mean over seeds.

        By THUMOS'14's rule, as the paper's Tables 1 to 6 are, whatever the data.

        Raises:
            InputError: no video could be used.
            Cancelled: asked to stop; what is finished is kept.
        """
        key = fingerprint(settings, trimmed, rule.name)
        if key not in self.kept:
            runs = [self.run(settings, seed, trimmed=trimmed) for seed in self.seeds]
            self.kept[key] = self._mean(runs, rule)
        return self.kept[key]

    def fused(self, first: Settings, second: Settings, rule: Rule = THUMOS) -> Rows:
        """Give the figures of two streams put together.

        Raises:
            InputError: no video could be used, or the streams do not belong together.
            Cancelled: asked to stop; what is finished is kept.
        """
        key = fingerprint(first, second, self.weight)
        if (kept := key + rule.name) not in self.kept:
            self.kept[kept] = self._mean(
                [self._fuse(first, second, seed, key) for seed in self.seeds], rule
            )
        return self.kept[kept]

    def run(self, settings: Settings, seed: int, *, trimmed: bool = False) -> Run:
        """Train a run of these settings, or take it up again."""
        root = self.folder(settings, seed, trimmed=trimmed)
        extra = self.trimmed if trimmed else None
        train_run(
            with_clips(self.dataset, extra) if extra else self.dataset,
            root,
            settings,
            seed=seed,
            cache=self.features,
            device=self.device,
            leave_out=self.leave_out,
            progress=self.progress,
        )
        return Run.open(root)

    def folder(self, settings: Settings, seed: int, *, trimmed: bool = False) -> Path:
        """Name the folder of a run, whether it is there or not."""
        return self.root / f"{fingerprint(settings, trimmed)[:12]}-seed{seed}"

    @property
    def features(self) -> Path:
        """Where all runs keep features."""
        return self.cache or self.root / "cache"

    @property
    def split(self) -> str:
        """The split that figures are of."""
        return self.dataset.judged_on or "test"

    @property
    def videos(self) -> tuple[VideoEntry, ...]:
        """The videos that figures are of."""
        return self.dataset.split(self.split)

    @property
    def counted(self) -> str:
        """Say how many videos stand behind a figure, and how many of them nobody saw.

        Truths of videos without a file, or that failed, count as missed.
        """
        absent = len(self.dataset.absent_from(self.split))
        videos = f"{len(self.videos) + absent} {self.split} videos"
        unseen = absent + len(self.failures)
        return f"{videos} ({unseen} of them counted as missed)" if unseen else videos

    def detector(self, run: Run) -> Detector:
        """Make ready to detect with a run."""
        return Detector.open(
            run, cache=self.features, device=self.device, progress=self.progress
        )

    def provenance(self, run: Run, number: str) -> Provenance:
        """Say what a table was made from."""
        return Provenance(
            data_of(run.info),
            features_of(run.info),
            "trained here",
            self.seeds,
            dict(run.info.versions),
            f"{self.command} --table {number}",
        )

    def _fuse(self, first: Settings, second: Settings, seed: int, key: str) -> Run:
        both = [self.run(settings, seed) for settings in (first, second)]
        for run in both:
            self._figures(run, THUMOS)
        root = self.root / f"fused-{key[:12]}-seed{seed}"
        fuse_runs(
            both[0],
            both[1],
            root,
            weight=self.weight,
            split=self.split,
            progress=self.progress,
        )
        return Run.open(root)

    def _mean(self, runs: list[Run], rule: Rule) -> Rows:
        tables = [self._figures(run, rule) for run in runs]
        return {rows[0].name: mean_row(rows) for rows in zip(*tables, strict=True)}

    def _figures(self, run: Run, rule: Rule) -> tuple[Row, ...]:
        found = evaluate_run(
            self.dataset,
            self.detector(run),
            split=self.split,
            control=True,
            ceilings=True,
            rule=rule,
        )
        self.failures.update(found.counted.failed)
        return found.rows
