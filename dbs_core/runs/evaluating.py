"""Evaluating a run on annotated videos: detect what is missing, then one table.

Every annotated video of the split counts: one without a file, one that failed and the
part of one that was cut short hold truths that nobody found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dbs_core.datasets import Dataset
from dbs_core.evaluation.comparison import Scored, compare, scored
from dbs_core.evaluation.counted import Counted
from dbs_core.evaluation.rows import Row
from dbs_core.records import VideoEntry, VideoResult, VideoTruth
from dbs_core.runs.detecting import Detector, chosen, detect_all

PROTOCOL = "THUMOS'14 rule"


@dataclass(frozen=True)
class Evaluated:
    """A run's rows, and what stands behind them."""

    rows: tuple[Row, ...]
    counted: Counted


def evaluate_run(
    dataset: Dataset,
    detector: Detector,
    *,
    split: str = "test",
    control: bool,
    ceilings: bool,
) -> Evaluated:
    """Detect in videos without a result and evaluate all that have truth.

    The truth is the data set's of today, whole: it is never cut to what decodes, so
    these figures are those of `score` on the detections that were written.

    Raises:
        InputError: no video, or none with an action; or a result cannot be used.
        Cancelled: asked to stop; finished videos are kept.
    """
    known = [e for e in chosen(dataset, split) if e.truth is not None]
    absent = dataset.absent_from(split)
    failures = detect_all(known, detector)
    found = [entry for entry in known if entry.video_id not in failures]
    failed = [entry for entry in known if entry.video_id in failures]
    videos, noted = [], {}
    for index, entry in enumerate(found):
        detector.progress("evaluate", index, len(found), entry.video_id)
        result = _result(entry, detector)
        settings = detector.model.settings
        videos.append(scored(result, settings, control=control, ceilings=ceilings))
        if result.info.problems:
            noted[entry.video_id] = "; ".join(result.info.problems)
    missed = {e.video_id: e.truth for e in failed if e.truth} | dict(absent)
    rows = compare(
        videos, detector.run.info.classes, detector.model.settings, missed=missed
    )
    counted = Counted(
        PROTOCOL,
        split,
        len(videos) + len(missed),
        _truths(videos, missed),
        tuple(sorted(absent)),
        failures,
        noted,
        dataset.problems,
    )
    return Evaluated(rows, counted)


def _result(entry: VideoEntry, detector: Detector) -> VideoResult:
    """Give a kept result with the truth of today: it holds that of its own day."""
    kept = detector.run.result(entry.split, entry.video_id)
    return replace(kept, truth=entry.truth)


def _truths(videos: Sequence[Scored], missed: Mapping[str, VideoTruth]) -> int:
    known = [*(video.truth for video in videos), *missed.values()]
    return sum(len(truth.segments) for truth in known)
