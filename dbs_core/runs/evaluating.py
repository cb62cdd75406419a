"""Evaluating a run on annotated videos: detect what is missing, then one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dbs_core.evaluation.comparison import Scored, compare, scored
from dbs_core.evaluation.rows import Row
from dbs_core.records import VideoEntry, clip_truth
from dbs_core.runs.detecting import Detector, detect_all


@dataclass(frozen=True)
class Evaluated:
    """A run's rows, how many videos stand behind them, and which failed and why.

    All actions of the `missed` videos, those without a result, count as not found.
    """

    rows: tuple[Row, ...]
    videos: int
    missed: int
    failures: Mapping[str, str]


def evaluate_run(
    entries: Sequence[VideoEntry], detector: Detector, *, control: bool, ceilings: bool
) -> Evaluated:
    """Detect in videos without a result and evaluate all that have truth.

    Raises:
        InputError: no video, or none with an action; or a result cannot be used.
        Cancelled: asked to stop; finished videos are kept.
    """
    known = [entry for entry in entries if entry.truth is not None]
    failures = detect_all(known, detector)
    found = [entry for entry in known if entry.video_id not in failures]
    missed = {
        entry.video_id: entry.truth
        for entry in known
        if entry.video_id in failures and entry.truth
    }
    videos = []
    for index, entry in enumerate(found):
        detector.progress("evaluate", index, len(found), entry.video_id)
        videos.append(_scored(entry, detector, control=control, ceilings=ceilings))
    rows = compare(
        videos, detector.run.info.classes, detector.model.settings, missed=missed
    )
    return Evaluated(rows, len(found), len(missed), failures)


def _scored(
    entry: VideoEntry, detector: Detector, *, control: bool, ceilings: bool
) -> Scored:
    kept = detector.run.result(entry.split, entry.video_id)
    # The data set's truth of today: a kept result holds that of its own day.
    truth = entry.truth and clip_truth(entry.truth, kept.frames.duration_s)
    result = replace(kept, truth=truth)
    return scored(result, detector.model.settings, control=control, ceilings=ceilings)
