"""Settings compared on folds of the training videos: each video is found unseen.

A run a fold, seed and settings, trained on the other folds and named by just that, so
that the same call goes on where it stopped. What all folds found is put together and
judged as one split, DBS and its control on equal terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dbs_core.datasets.folds import HELD_OUT, Fold
from dbs_core.evaluation.comparison import Scored, compare, detections, scored
from dbs_core.evaluation.protocols.bootstrap import Interval
from dbs_core.evaluation.protocols.marks import Marks
from dbs_core.evaluation.protocols.over_seeds import paired_differences
from dbs_core.evaluation.protocols.rules import Rule, rule_for
from dbs_core.evaluation.rows import Row, mean_row
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runs.detecting import Detector, detect_all
from dbs_core.runs.run import Run
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.store import fingerprint
from dbs_core.training.train_run import train_run

HEADLESS = (("dbs", "control"),)
PAIRS = (("dbs", "control_head"), ("dbs_without_head", "control"))
"""A method and its control on equal terms: of a run without head, and with one."""
DRAWS = 1000
"""Of videos, for an interval."""


@dataclass(frozen=True)
class Trial:
    """Settings that are tried, and what they are called."""

    name: str
    settings: Settings


@dataclass(frozen=True)
class Beside:
    """DBS beside its control on equal terms, the mean over seeds.

    `over_control` is by how much it is better than that, `over_first` than the DBS of
    the first trial (None of the first itself), fractions of 1 at each threshold.
    """

    ours: Row
    control: Row
    over_control: Interval
    over_first: Interval | None
    seeds: tuple[tuple[Row, Row], ...]


@dataclass(frozen=True)
class Tried:
    """What a trial gave over all folds: as it is, and (if it has one) without head."""

    trial: Trial
    whole: Beside
    headless: Beside | None


@dataclass(frozen=True)
class CrossValidation:
    """The folds, where their runs go, and what each is trained with."""

    folds: tuple[Fold, ...]
    root: Path
    seeds: tuple[int, ...] = (0,)
    cache: Path | None = None
    device: str = "cpu"
    progress: Progress = SILENT
    leave_out: bool = False
    failures: dict[str, str] = field(default_factory=dict)
    """Videos that could not be used, and why: their truths count as missed."""

    @property
    def classes(self) -> ClassList:
        """What is looked for."""
        return self.folds[0].dataset.classes

    @property
    def rule(self) -> Rule:
        """By which all are judged: that of the data set's layout."""
        return rule_for(self.folds[0].dataset.kind, self.classes)

    def compare(
        self, trials: Sequence[Trial], tiou: Sequence[float]
    ) -> tuple[Tried, ...]:
        """Train, detect and judge every trial.

        Args:
            trials: the first is what the others are compared with.
            tiou: thresholds, 0.5 among them.

        Raises:
            InputError: no video could be used, or one cannot be and none is left out.
            Cancelled: asked to stop; what is finished is kept.
        """
        found: list[Tried] = []
        first: dict[str, list[Marks]] = {}
        for trial in trials:
            each = [self._found(trial, seed, tiou) for seed in self.seeds]
            headed = "control_head" in each[0][0]
            sides = {
                ours: self._beside(ours, control, each, first.get(ours))
                for ours, control in (PAIRS if headed else HEADLESS)
            }
            headless = sides.pop("dbs_without_head", None)
            found.append(Tried(trial, sides["dbs"], headless))
            for ours, _ in PAIRS:
                if all(ours in marks for _, marks in each):
                    first.setdefault(ours, [marks[ours] for _, marks in each])
        return tuple(found)

    def run(self, trial: Trial, seed: int, fold: Fold) -> Run:
        """Train the run of one fold, or take it up again."""
        learnt = [video.video_id for video in fold.learnt]
        # No threshold is asked for here: it would take a third of the time.
        training = replace(trial.settings.training, held_out=False)
        settings = replace(trial.settings, training=training)
        name = fingerprint(settings, str(fold.dataset.root.resolve()), learnt)
        root = self.root / f"{name[:12]}-seed{seed}"
        train_run(
            fold.dataset,
            root,
            settings,
            seed=seed,
            cache=self.features,
            device=self.device,
            leave_out=self.leave_out,
            progress=self._said(trial, seed, fold),
        )
        return Run.open(root)

    @property
    def features(self) -> Path:
        """Where all runs keep features and imprints."""
        return self.cache or self.root / "cache"

    def _said(self, trial: Trial, seed: int, fold: Fold) -> Progress:
        name = f"{trial.name}, seed {seed}, fold {fold.number + 1}"
        return self.progress.within("folds", fold.number, len(self.folds), name)

    def _found(
        self, trial: Trial, seed: int, tiou: Sequence[float]
    ) -> tuple[dict[str, Row], dict[str, Marks]]:
        """Give each method's row of all folds together, and its marked detections."""
        videos: list[Scored] = []
        missed: dict[str, VideoTruth] = {}
        for fold in self.folds:
            detector = Detector.open(
                self.run(trial, seed, fold),
                cache=self.features,
                device=self.device,
                progress=self._said(trial, seed, fold),
            )
            failed = detect_all(fold.held, detector)
            self.failures.update(failed)
            for entry in fold.held:
                if entry.video_id in failed and entry.truth:
                    missed[entry.video_id] = entry.truth
                elif entry.truth:
                    result = detector.run.result(HELD_OUT, entry.video_id)
                    videos.append(
                        scored(result, trial.settings, control=True, ceilings=False)
                    )
        rows = compare(
            videos, self.classes, trial.settings, tiou, missed=missed, rule=self.rule
        )
        truth = {video.video_id: video.truth for video in videos} | missed
        marks = {
            row.name: self.rule.match(
                detections(row.name, videos, trial.settings), truth, tiou=tuple(tiou)
            )
            for row in rows
        }
        return {row.name: row for row in rows}, marks

    def _beside(
        self,
        ours: str,
        control: str,
        each: Sequence[tuple[dict[str, Row], dict[str, Marks]]],
        first: Sequence[Marks] | None,
    ) -> Beside:
        rows = tuple((rows[ours], rows[control]) for rows, _ in each)
        mine, theirs = ([marks[n] for _, marks in each] for n in (ours, control))
        return Beside(
            mean_row([one for one, _ in rows]),
            mean_row([other for _, other in rows]),
            self._difference(mine, theirs),
            self._difference(mine, first) if first else None,
            rows,
        )

    def _difference(self, ours: Sequence[Marks], other: Sequence[Marks]) -> Interval:
        return paired_differences(
            ours,
            other,
            self.classes,
            interpolation=self.rule.interpolation,
            generator=np.random.default_rng(0),
            draws=DRAWS,
        ).mean
