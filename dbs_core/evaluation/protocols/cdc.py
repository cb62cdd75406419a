"""Detections prepared as CDC's evaluation script does (METHOD section 7).

In its order: score times a duration prior, NMS with a limit that follows the reported
threshold, every CliffDiving detection doubled as Diving, times rounded to 0.1 s. Each
is optional, so that figures with and without can stand side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from dbs_core.evaluation.protocols import thumos
from dbs_core.evaluation.protocols.matching import Thresholds
from dbs_core.evaluation.protocols.precision import Interpolation
from dbs_core.evaluation.protocols.report import Report
from dbs_core.records import ClassList, Segments, VideoTruth
from dbs_core.records.overlap import nms

FRAME_RATE = 25.0


@dataclass(frozen=True, eq=False)
class DurationPrior:
    """How long actions of each class last: log2 of frames at 25 fps, as a Gaussian.

    A class that was never seen has NaN and leaves scores as they are.
    """

    mean: Float64[np.ndarray, " a"]
    deviation: Float64[np.ndarray, " a"]

    @classmethod
    def fit(
        cls, truth: Mapping[str, VideoTruth], classes: ClassList
    ) -> "DurationPrior":
        """Fit mean and sample deviation (n - 1) of each class, as normfit does."""
        mean = np.full(len(classes), np.nan)
        deviation = np.full(len(classes), np.nan)
        for i in range(len(classes)):
            lengths = np.concatenate(
                [
                    log_length(known.segments.spans_s[known.segments.labels == i + 1])
                    for known in truth.values()
                ]
                or [np.zeros(0)]
            )
            if len(lengths) > 1 and lengths.std() > 0:
                mean[i], deviation[i] = lengths.mean(), lengths.std(ddof=1)
        return cls(mean, deviation)

    def weigh(self, segments: Segments) -> Segments:
        """Multiply each score by the density of its length in its class."""
        mean, sd = self.mean[segments.labels - 1], self.deviation[segments.labels - 1]
        z = (log_length(segments.spans_s) - mean) / sd
        density = np.exp(-0.5 * z**2) / (sd * np.sqrt(2 * np.pi))
        weight = np.where(np.isnan(density), 1.0, density)
        return Segments(segments.spans_s, segments.labels, segments.scores * weight)


def log_length(spans_s: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, " n"]:
    """Give log2 of the length in frames at 25 fps."""
    return np.log2((spans_s[:, 1] - spans_s[:, 0]) * FRAME_RATE)


@dataclass(frozen=True)
class CdcRules:
    """Which of CDC's steps to take.

    `nms_below` is how far the NMS limit lies under the threshold (CDC: 0.1); None
    for no NMS. `doubled` are pairs of class names, a detection of the first also
    being one of the second. `decimals` rounds the times; None leaves them.
    """

    prior: DurationPrior | None = None
    nms_below: float | None = 0.1
    doubled: tuple[tuple[str, str], ...] = (("CliffDiving", "Diving"),)
    decimals: int | None = 1


def prepare(
    found: Mapping[str, Segments], classes: ClassList, rules: CdcRules, tiou: float
) -> dict[str, Segments]:
    """Take CDC's steps for one threshold, on every video."""
    return {
        video_id: _prepared(segments, classes, rules, tiou)
        for video_id, segments in found.items()
    }


def evaluate(
    found: Mapping[str, Segments],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    rules: CdcRules,
    *,
    tiou: Thresholds = thumos.THUMOS_TIOU,
    interpolation: Interpolation = "none",
) -> Report:
    """Give the AP of each class, detections prepared anew for each threshold."""
    reports = [
        thumos.evaluate(
            prepare(found, classes, rules, float(threshold)),
            truth,
            classes,
            tiou=(float(threshold),),
            interpolation=interpolation,
        )
        for threshold in tiou
    ]
    return Report(
        "thumos14",
        classes,
        np.asarray(tiou, np.float64),
        np.concatenate([r.average_precision for r in reports]),
        reports[0].positives,
        reports[0].detections,
        (*reports[0].rules, *_in_words(rules)),
        reports[0].notes,
    )


def double(
    segments: Segments, classes: ClassList, pairs: tuple[tuple[str, str], ...]
) -> Segments:
    """Repeat detections of a special class as the general one, same span and score."""
    for special, general in pairs:
        if special in classes.names and general in classes.names:
            index = np.flatnonzero(segments.labels == classes.label_of(special))
            both = np.concatenate([np.arange(len(segments)), index])
            labels = segments.labels[both].copy()
            labels[len(segments) :] = classes.label_of(general)
            segments = Segments(segments.spans_s[both], labels, segments.scores[both])
    return segments


def _prepared(
    segments: Segments, classes: ClassList, rules: CdcRules, tiou: float
) -> Segments:
    if rules.prior is not None:
        segments = rules.prior.weigh(segments)
    if rules.nms_below is not None:
        limit = max(0.0, tiou - rules.nms_below)
        segments = segments.select(nms(segments, limit) < 0)
    segments = double(segments, classes, rules.doubled)
    return segments if rules.decimals is None else _rounded(segments, rules.decimals)


def _rounded(segments: Segments, decimals: int) -> Segments:
    """Round the times; a span that this empties stays one of a nanosecond."""
    spans_s = np.round(segments.spans_s, decimals)
    least = spans_s[:, 0] + 1e-9
    spans_s[:, 1] = np.maximum(spans_s[:, 1], least)
    return Segments(spans_s, segments.labels, segments.scores)


def _in_words(rules: CdcRules) -> tuple[str, ...]:
    words = []
    if rules.prior is not None:
        words.append("scores times a duration prior")
    if rules.nms_below is not None:
        words.append(f"NMS at the threshold - {rules.nms_below:g}")
    words += [f"{special} also as {general}" for special, general in rules.doubled]
    if rules.decimals is not None:
        words.append(f"times rounded to {10.0**-rules.decimals:g} s")
    return tuple(words)
