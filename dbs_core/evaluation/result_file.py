"""Another method's result file with its truth: spans only, there is no imprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dbs_core.datasets.formats import load_detections, load_truth
from dbs_core.evaluation.counted import count
from dbs_core.evaluation.judge import Judge
from dbs_core.evaluation.plausible_times import beyond_the_end
from dbs_core.evaluation.protocols.report import threshold_name
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS, Rule
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.evaluation.video_summary import Summary
from dbs_core.records import ClassList, Segments, classes_present
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True, eq=False)
class ResultFile:
    """A result file as read: its videos by id, one line on each, the mAP over all.

    `rule` is that of the truth's benchmark, unless another was asked for.
    `mean_precision` holds the mAP by tIoU as it is written, and its mean over the
    benchmark's own thresholds as "average"; nothing without truth. `durations_s` are
    those that the truth gives. `notes` say what was left out or is odd.
    """

    name: str
    rule: Rule
    split: str
    classes: ClassList
    videos: dict[str, VideoSpans]
    rows: tuple[Summary, ...]
    judge: Judge
    mean_precision: dict[str, float]
    durations_s: Mapping[str, float]
    notes: tuple[str, ...]

    def length_s(self, video_id: str) -> float:
        """Give the length of a video as far as the files say it: to its last time."""
        known = self.durations_s.get(video_id, 0.0)
        return max(self.videos[video_id].end_s, known)


def read_result_file(
    path: Path, truth: Path | None, split: str | None, rule: Rule | None = None
) -> ResultFile:
    """Read a result file and, where it is given, the truth.

    Args:
        path: the result file.
        truth: the truth's folder or file.
        split: whose truth counts (default: the benchmark's).
        rule: how detections are judged (default: a THUMOS'14 folder by THUMOS'14's
            rule, an ActivityNet file by ActivityNet's).

    Raises:
        InputError: one of them cannot be read, with its place, or they have nothing
            in common.
    """
    rule = rule or rule_of(truth)
    known = load_truth(truth, split, rule.when_reversed) if truth is not None else None
    if known is None:
        loaded = load_detections(path)
    else:
        loaded = load_detections(path, known.classes, known.reading(rule.when_reversed))
    truths = dict(known.truths) if known else {}
    videos = {
        key: VideoSpans(
            key,
            loaded.found.get(key, Segments.empty()).best_first(),
            truths.get(key),
        )
        for key in sorted({*loaded.found, *truths})
    }
    if not videos:
        raise InputError("no detection in it", where=path)
    notes = [*loaded.warnings, *(known.warnings if known else ())]
    mean = {}
    if known is not None:
        report = rule.evaluate(loaded.found, truths, loaded.classes, tiou=rule.tiou)
        names = map(threshold_name, rule.tiou)
        mean = dict(zip(names, report.mean.tolist(), strict=True))
        own = [mean[threshold_name(tiou)] for tiou in rule.headline]
        mean["average"] = float(np.mean(own))
        notes += count(rule.name, known.split, truths, loaded.found, excluded={}).notes
        notes += beyond_the_end("detections", loaded.found, known.durations_s)
    if max(video.end_s for video in videos.values()) <= 1:
        notes.append("All times lie between 0 and 1: shares of a video, not seconds.")
    rows = tuple(map(_row, videos.values()))
    split_name = known.split if known else ""
    return ResultFile(
        path.name,
        rule,
        split_name,
        loaded.classes,
        videos,
        rows,
        Judge(videos.values(), rule),
        mean,
        known.durations_s if known else {},
        tuple(notes),
    )


def rule_of(truth: Path | None) -> Rule:
    """Give the rule of a truth's kind."""
    return THUMOS if truth is None or truth.is_dir() else ACTIVITYNET


def _row(video: VideoSpans) -> Summary:
    """Put a video into one line of the table; it has no frame and no curve."""
    return Summary(
        stamp="",
        video_id=video.video_id,
        key="",
        duration_s=video.end_s,
        labels=classes_present(video),
        spans=video,
        best=float(video.detections.scores.max(initial=0.0)),
        spark=(),
        thumb=0,
    )
