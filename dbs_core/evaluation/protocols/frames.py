"""Per-frame labelling: the rules of CDC's compute_framelevel_mAP (METHOD 8.4).

All frames of all videos, background included, are ranked by each class's score on a
25 fps grid; AP is the mean over the positive frames of the precision at their rank.
A frame can have several classes. Equal scores rank by video name, then time, as the
kit's stable sort of the concatenated videos does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int

from dbs_core.evaluation.protocols.frame_grid import lay_out
from dbs_core.evaluation.protocols.report import percent, without_truth
from dbs_core.records import ClassList, FrameScores, VideoTruth

DIVING = (("CliffDiving", "Diving"),)
"""Every cliff dive is a dive: its score counts for Diving too, as in CDC."""


@dataclass(frozen=True, eq=False)
class FrameReport:
    """Per-frame AP of each class, as fractions of 1; NaN without a positive frame.

    `positives` counts the positive frames of each class, `frames` all frames.
    """

    classes: ClassList
    average_precision: Float64[np.ndarray, " a"]
    positives: Int[np.ndarray, " a"]
    frames: int
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """The mAP over the classes with a positive frame; NaN without any."""
        counted = self.average_precision[self.positives > 0]
        return float(counted.mean()) if len(counted) else math.nan

    def to_json(self) -> dict[str, object]:
        """Give percentages in the layout of `Report.to_json`, the column is "frame"."""
        return {
            "protocol": "frames",
            "map": {"frame": percent(self.mean)},
            "average": percent(self.mean),
            "per_class": {
                name: {"frame": percent(value)}
                for name, value in zip(
                    self.classes.names, self.average_precision, strict=True
                )
            },
            "positives": dict(
                zip(self.classes.names, self.positives.tolist(), strict=True)
            ),
            "rules": list(self.rules),
            "notes": list(self.notes),
        }


def frame_map(
    scores: Mapping[str, FrameScores],
    truth: Mapping[str, VideoTruth],
    classes: ClassList,
    *,
    rate_hz: float = 25.0,
    max_filter: int = 0,
    drop_ambiguous: bool = False,
    implied: Sequence[tuple[str, str]] = DIVING,
) -> FrameReport:
    """Give the per-frame AP of each class.

    Args:
        scores: frame scores of each video, one column a class and background first.
        truth: truth of each video; what has no score counts as missed, videos without
            any and what comes after a video's last; videos with scores and without
            truth count as background.
        classes: the classes of columns 1, 2, ...
        rate_hz: frames a second of the grid; each sampled frame is repeated until
            the next.
        max_filter: replace a score by the maximum of this odd number of grid frames
            around it (CDC: 5); 0 leaves it.
        drop_ambiguous: leave out frames in Ambiguous spans. The released CDC truth
            marks none, so the published figures keep them.
        implied: pairs of classes, the first always being the second too; pairs of
            names that are not in the list are passed over.

    Raises:
        InputError: scores with another number of classes than the list.
        ValueError: an even filter, or a rate that is not positive.
    """
    if max_filter < 0 or (max_filter and max_filter % 2 == 0):
        raise ValueError(f"max_filter: wanted 0 or an odd number, got {max_filter}")
    if not rate_hz > 0:
        raise ValueError(f"rate_hz: wanted more than 0, got {rate_hz}")
    grid = lay_out(scores, truth, classes, rate_hz, drop_ambiguous)
    ranked = _implied(_filtered(grid.scores, max_filter), classes, implied)
    positives = grid.labels.sum(axis=0) + grid.missed
    ap = [
        frame_precision(ranked[:, i], grid.labels[:, i], int(positives[i]))
        for i in range(len(classes))
    ]
    return FrameReport(
        classes,
        np.array(ap),
        positives,
        len(grid.scores),
        _rules(rate_hz, max_filter, drop_ambiguous, len(grid.scores)),
        (*without_truth(classes, positives), *grid.notes),
    )


def frame_precision(
    scores: Float32[np.ndarray, " f"], labels: Bool[np.ndarray, " f"], positives: int
) -> float:
    """Give the mean over positive frames of the precision at their rank.

    Equal scores keep their order. NaN without a positive frame.
    """
    if positives == 0:
        return math.nan
    ranks = np.flatnonzero(labels[np.argsort(-scores, kind="stable")]) + 1
    return float(np.sum(np.arange(1, len(ranks) + 1) / ranks) / positives)


def _filtered(
    scores: Float32[np.ndarray, "f a"], width: int
) -> Float32[np.ndarray, "f a"]:
    """Take the running maximum; like the kit's it runs on across video borders."""
    best = scores.copy()
    for step in range(1, width // 2 + 1):
        np.maximum(best[step:], scores[:-step], out=best[step:])
        np.maximum(best[:-step], scores[step:], out=best[:-step])
    return best


def _implied(
    scores: Float32[np.ndarray, "f a"],
    classes: ClassList,
    implied: Sequence[tuple[str, str]],
) -> Float32[np.ndarray, "f a"]:
    for special, general in implied:
        if special in classes.names and general in classes.names:
            source = scores[:, classes.label_of(special) - 1]
            target = scores[:, classes.label_of(general) - 1]
            np.maximum(target, source, out=target)
    return scores


def _rules(
    rate_hz: float, max_filter: int, drop_ambiguous: bool, frames: int
) -> tuple[str, ...]:
    return (
        f"all {frames} frames at {rate_hz:g} fps, background included, multi-label",
        f"maximum over {max_filter} frames" if max_filter else "no smoothing",
        "Ambiguous frames left out" if drop_ambiguous else "Ambiguous frames kept",
    )
