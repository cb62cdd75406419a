"""Evaluating a run on annotated videos: detect what is missing, then one table.

Every annotated video of the split counts: one without a file, one that failed and the
part of one that was cut short hold truths that nobody found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dbs_core.datasets import Dataset
from dbs_core.evaluation.arrangements import mean_arrangement
from dbs_core.evaluation.comparison import Scored, compare, scored
from dbs_core.evaluation.protocols.rules import THUMOS, Rule, rule_for
from dbs_core.evaluation.rows import NAMES, Row
from dbs_core.evaluation.run_counted import RunCounted
from dbs_core.records import (
    Arrangement,
    VideoEntry,
    VideoInfo,
    VideoResult,
    VideoTruth,
)
from dbs_core.runs.beside import beside, is_foreign
from dbs_core.runs.detecting import (
    Detector,
    chosen,
    detect_all,
    open_for,
    require_classes,
)
from dbs_core.runs.kept_figures import keep_figures
from dbs_core.runs.own_data import open_own
from dbs_core.runs.own_videos.requests import establish
from dbs_core.runs.run import Run, open_run
from dbs_core.runs.truth_times import truth_past_the_end
from dbs_core.runtime.cluster import each
from dbs_core.runtime.devices import require_device
from dbs_core.runtime.errors import InputError
from dbs_core.runtime.given_paths import given_path
from dbs_core.runtime.progress import SILENT, Progress
from dbs_core.runtime.threads import fixed_threads

RULE_NAMES = {"thumos14": "THUMOS'14 rule", "activitynet": "ActivityNet rule"}


@dataclass(frozen=True)
class Evaluated:
    """A run's rows, and what stands behind them."""

    rows: tuple[Row, ...]
    counted: RunCounted
    rule: Rule = THUMOS
    arrangement: Arrangement | None = None
    """Of the imprints, mean over videos; None where no result knows it."""

    def __repr__(self) -> str:
        first = self.rows[0]
        return (
            f"Evaluated({self.counted.lines()[0]}; {NAMES[first.name]}: per-frame mAP "
            f"{first.frame_map:.1f}, mAP@0.5 {first.detection_map[0.5]:.1f})"
        )

    def to_rows(self) -> list[dict[str, object]]:
        """List the methods' figures in percent, for `pandas.DataFrame`."""
        return [
            {"method": NAMES[row.name], "per-frame mAP": row.frame_map}
            | {f"mAP@{tiou:g}": value for tiou, value in row.detection_map.items()}
            for row in self.rows
        ]


def evaluate(
    run: Run | str | Path,
    dataset: Dataset | str | Path | None = None,
    *,
    split: str | None = None,
    control: bool = False,
    ceilings: bool = False,
    cache: str | Path | None = None,
    device: str = "cpu",
    progress: Progress = SILENT,
) -> Evaluated:
    """Evaluate a run: the figures that `python -m dbs_core evaluate` prints.

    Videos without a result are detected first; their results are kept in the run, or
    beside the shipped sample where it is asked about other videos than its own.

    Args:
        run: a run, its folder, or "sample".
        dataset: annotated videos (default: those of the run's own data set).
        split: which of them (default: test, of ActivityNet validation).
        control: add the per-frame classifier without imprint.
        ceilings: add what perfect labels would give.
        cache: folder of kept features (default: in the run).
        device: cpu or cuda.
        progress: told about every stage.

    Raises:
        InputError: the run or the data cannot be used; one line says why.
        Cancelled: `progress` asked to stop; finished videos are kept.
    """
    detector = Detector.open(
        open_run(run),
        cache=given_path(cache) if cache else None,
        device=require_device(device),
        progress=progress,
    )
    if not isinstance(dataset, Dataset):
        run_folder = detector.run
        dataset = (
            open_for(run_folder, given_path(dataset))
            if dataset
            else open_own(run_folder)
        )
    require_classes(dataset, detector.run)
    if is_foreign(dataset, detector.run):
        detector = beside(detector)
        establish(detector.run)
    return evaluate_run(
        dataset, detector, split=split, control=control, ceilings=ceilings
    )


@fixed_threads()
def evaluate_run(
    dataset: Dataset,
    detector: Detector,
    *,
    split: str | None = None,
    control: bool,
    ceilings: bool,
    rule: Rule | None = None,
) -> Evaluated:
    """Detect in videos without a result and evaluate all that have truth.

    By default the split and the rule of the data set's layout. The figures are kept in
    the run, for pages to show.

    The truth is the data set's of today, whole: it is never cut to what decodes, so
    these figures are those of `score` on the detections that were written.

    Raises:
        InputError: no video, or none with an action; or a result cannot be used.
        Cancelled: asked to stop; finished videos are kept.
    """
    split = split or dataset.judged_on or "test"
    rule = rule or rule_for(dataset.kind, dataset.classes)
    known = [e for e in chosen(dataset, split) if e.truth is not None]
    absent = dataset.absent_from(split)
    failures = detect_all(known, detector)
    found = [entry for entry in known if entry.video_id not in failures]
    failed = [entry for entry in known if entry.video_id in failures]
    looked = _looked_at(found, detector, control, ceilings)
    videos = [one.scored for one in looked]
    infos = [one.info for one in looked]
    noted = {
        entry.video_id: "; ".join(info.problems)
        for entry, info in zip(found, infos, strict=True)
        if info.problems
    }
    missed = {e.video_id: e.truth for e in failed if e.truth} | dict(absent)
    rows = compare(
        videos,
        detector.run.info.classes,
        detector.model.settings,
        rule.headline,
        missed=missed,
        rule=rule,
    )
    counted = RunCounted(
        RULE_NAMES[rule.name],
        split,
        len(videos) + len(missed),
        _truths(videos, missed),
        tuple(sorted(absent)),
        failed={e.video_id: failures.pop(e.video_id) for e in failed},
        damaged=failures,
        noted=noted,
        mended=(
            *dataset.problems,
            *truth_past_the_end(zip(found, infos, strict=True)),
        ),
    )
    keep_figures(detector.run, split, rows, counted.lines()[0])
    arranged = mean_arrangement([one.arrangement for one in looked])
    return Evaluated(rows, counted, rule, arranged)


@dataclass(frozen=True)
class _Looked:
    """What is kept of a result."""

    scored: Scored
    info: VideoInfo
    arrangement: Arrangement | None


def _looked_at(
    entries: Sequence[VideoEntry], detector: Detector, control: bool, ceilings: bool
) -> list[_Looked]:
    """Look at the results of videos, in their order.

    Raises:
        InputError: one cannot be used.
    """

    def tell(done: int, entry: VideoEntry) -> None:
        detector.progress("evaluate", done, len(entries), entry.video_id)

    looked: dict[str, _Looked] = {}
    for entry, found in each(
        partial(_look_at, detector, control, ceilings), entries, tell
    ):
        if isinstance(found, InputError):
            raise found
        looked[entry.video_id] = found
    return [looked[entry.video_id] for entry in entries]


@fixed_threads()
def _look_at(
    detector: Detector, control: bool, ceilings: bool, entry: VideoEntry
) -> _Looked:
    result, settings = _result(entry, detector), detector.model.settings
    return _Looked(
        scored(result, settings, control=control, ceilings=ceilings),
        result.info,
        result.arrangement,
    )


def _result(entry: VideoEntry, detector: Detector) -> VideoResult:
    """Give a kept result with the truth of today: it holds that of its own day."""
    kept = detector.run.result(entry.split, entry.video_id)
    return replace(kept, truth=entry.truth)


def _truths(videos: Sequence[Scored], missed: Mapping[str, VideoTruth]) -> int:
    known = [*(video.truth for video in videos), *missed.values()]
    return sum(len(truth.segments) for truth in known)
