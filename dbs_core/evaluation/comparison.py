"""DBS, the control without imprint, and the ceilings: one table for one run.

All rows go through the same proposals, refinement and evaluation, and those with a
temporal head through the same decoding, so the differences are the imprint's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dbs_core.evaluation.ceilings import imprint_scores, label_scores
from dbs_core.evaluation.protocols import frames as frame_evaluation
from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.evaluation.rows import TIOU, Row
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import Settings
from dbs_core.records import (
    Calibration,
    ClassList,
    FrameScores,
    Segments,
    VideoResult,
    VideoTruth,
)
from dbs_core.runtime.errors import InputError


@dataclass(frozen=True)
class Scored:
    """What is kept of a video for the table: enough for every row, and small."""

    video_id: str
    truth: VideoTruth
    frames: Mapping[str, FrameScores]
    reach_s: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Of the rows that have a temporal head."""
    calibration: Mapping[str, Calibration | None] = field(default_factory=dict)
    """Of the row whose detections are written: AP is of the written digits."""


def scored(
    result: VideoResult, settings: Settings, *, control: bool, ceilings: bool
) -> Scored:
    """Take from a result the frame scores of each wanted row.

    Raises:
        InputError: the video has no truth, or control is wanted and absent.
    """
    truth = result.truth
    if truth is None:
        raise InputError("no annotation to evaluate against", where=result.video_id)
    frames = {"dbs": result.frames}
    reach_s, calibration = {}, {"dbs": result.calibration}
    if result.reach_s is not None and result.projected is not None:
        reach_s["dbs"] = result.reach_s
        frames["dbs_without_head"] = result.projected
    if control:
        if result.control is None:
            raise InputError("no control scores", where=result.video_id)
        frames["control"] = result.control
        if result.control_head is not None:
            frames["control_head"] = result.control_head.frames
            reach_s["control_head"] = result.control_head.reach_s
    if ceilings:
        channels = result.grid.probability.shape[-1]
        placement, grid = result.placement, result.grid
        frames["ceiling_labels"] = label_scores(truth, placement, channels)
        frames["ceiling_imprint"] = imprint_scores(truth, placement, grid, settings)
    return Scored(result.video_id, truth, frames, reach_s, calibration)


def compare(
    videos: Sequence[Scored],
    classes: ClassList,
    settings: Settings,
    tiou: Sequence[float] = TIOU,
    missed: Mapping[str, VideoTruth] | None = None,
    rule: Rule = THUMOS,
) -> tuple[Row, ...]:
    """Evaluate every row on the same videos.

    `missed` is the truth of videos that failed: all of it counts as not found, or a
    file that cannot be read would raise the figures. 0.5 is one of `tiou`.

    Raises:
        InputError: no video, or no action annotated in any: there is no mAP of nothing.
    """
    if not videos:
        raise InputError("no video with results and annotation to evaluate")
    if not any(len(video.truth.segments) for video in videos):
        raise InputError("no action annotated in any of the videos to evaluate")
    truth = {video.video_id: video.truth for video in videos} | dict(missed or {})
    # Of a fusion with a headless run, videos of one stream alone have more rows.
    names = [n for n in videos[0].frames if all(n in v.frames for v in videos)]
    return tuple(_row(n, videos, truth, classes, settings, tiou, rule) for n in names)


def detections(
    name: str, videos: Sequence[Scored], settings: Settings
) -> dict[str, Segments]:
    """Give what one method finds in each video, as its file of detections says it."""
    found = {}
    for video in videos:
        _, candidates = localise(
            video.frames[name],
            settings,
            video.reach_s.get(name),
            video.calibration.get(name),
        )
        found[video.video_id] = candidates.detections.as_written()
    return found


def _row(
    name: str,
    videos: Sequence[Scored],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    settings: Settings,
    tiou: Sequence[float],
    rule: Rule,
) -> Row:
    frames = {video.video_id: video.frames[name] for video in videos}
    found = detections(name, videos, settings)
    detection = rule.evaluate(found, truth, classes, tiou=tiou)
    labelling = frame_evaluation.frame_map(frames, truth, classes)
    at_half = detection.average_precision[list(tiou).index(0.5)]
    return Row(
        name,
        100 * float(labelling.mean),
        dict(zip(tiou, (100 * detection.mean).tolist(), strict=True)),
        _by_name(classes, at_half),
        _by_name(classes, labelling.average_precision),
    )


def _by_name(classes: ClassList, values: np.ndarray) -> dict[str, float]:
    """Percent by class name; classes without truth are left out."""
    pairs = zip(classes.names, values.tolist(), strict=True)
    return {name: 100 * value for name, value in pairs if not math.isnan(value)}
