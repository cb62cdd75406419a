"""Which detection finds each truth, whatever score detections count from.

A rule may let truths choose by overlap (THUMOS'14): a detection below the threshold
can take the place of one above it. So the verdicts on all detections, filtered, are not
those on the detections that are left, and every threshold is matched anew.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from dbs_core.evaluation.protocols.rules import THUMOS, Rule
from dbs_core.records import Segments, VideoTruth
from dbs_core.records.overlap import temporal_iou
from dbs_core.records.result import Spans


@dataclass(frozen=True)
class Finder:
    """`detection` (-1: none) finds a truth while the threshold is at most `to_score`.

    It holds from where the finder before it ends; after the last, nothing finds it.
    `overlap` is its IoU with the truth.
    """

    detection: int
    to_score: float
    overlap: float


Finders = tuple[Finder, ...]
"""A truth's finders as the threshold rises."""
Told = list[list[list[tuple[int, float]]]]
"""The same while it grows: [truth][tIoU], each of detection and threshold."""


def finders(video: Spans, rule: Rule = THUMOS) -> tuple[tuple[Finders, ...], ...]:
    """Give each truth's finders at each of the rule's tIoUs: [truth][tIoU].

    Empty where the video has no truth.
    """
    if video.truth is None:
        return ()
    truth, found = video.truth.segments, video.detections
    told: Told = [[[] for _ in rule.tiou] for _ in truth]
    waiting = []
    for label in np.unique(truth.labels):
        rows = np.flatnonzero(truth.labels == label)
        nobody = np.full((len(rule.tiou), len(rows)), -1)
        kept = np.flatnonzero(found.labels == label)
        waiting.append(_Class(rows, kept, nobody, -np.inf))
    while waiting:
        _match_once(found, video.truth, waiting, rule, told)
        waiting = [own for own in waiting if (own.finder >= 0).any()]
    return tuple(
        _with_overlap(levels, temporal_iou(span[None], found.spans_s)[0])
        for levels, span in zip(told, truth.spans_s, strict=True)
    )


def _with_overlap(
    levels: list[list[tuple[int, float]]], overlap: Float64[np.ndarray, " n"]
) -> tuple[Finders, ...]:
    return tuple(
        tuple(Finder(i, to, float(overlap[i]) if i >= 0 else 0.0) for i, to in steps)
        for steps in levels
    )


@dataclass
class _Class:
    """A class's truths, its detections that still count, and who finds what till when.

    `truths` and `kept` are rows. `finder` holds up to the threshold `to_score`.
    """

    truths: Int[np.ndarray, " m"]
    kept: Int[np.ndarray, " n"]
    finder: Int[np.ndarray, "k m"]
    to_score: float


def _match_once(
    found: Segments,
    truth: VideoTruth,
    classes: list[_Class],
    rule: Rule,
    told: Told,
) -> None:
    """Match what counts of each class, then let go what scores no more than a finder.

    A detection that finds nothing can be left out without a change, so thresholds up
    to the least finder's score need no matching of their own. Classes are matched side
    by side as if they were videos: no rule lets one class take from another.
    """
    names = {f"{number:06}": own for number, own in enumerate(classes)}
    marks = rule.match(
        {name: found.select(own.kept) for name, own in names.items()},
        {
            name: VideoTruth(truth.segments.select(own.truths), truth.ambiguous_s)
            for name, own in names.items()
        },
        tiou=rule.tiou,
    )
    for number, own in enumerate(classes):
        here = slice(*np.searchsorted(marks.truth.video, (number, number + 1)))
        by = marks.found_by[:, here]
        first = int(np.searchsorted(marks.found.video, number))
        finder = np.full_like(by, -1)
        finder[by >= 0] = own.kept[by[by >= 0] - first]
        _hand_over(own, finder, told)
        scores = found.scores[finder[finder >= 0]]
        own.to_score = float(scores.min(initial=np.inf))
        own.kept = own.kept[found.scores[own.kept] > own.to_score]


def _hand_over(own: _Class, finder: Int[np.ndarray, "k m"], told: Told) -> None:
    """Write down each finder that ends here."""
    changed = finder != own.finder
    for level, place in np.argwhere(changed & (own.to_score > -np.inf)):
        step = int(own.finder[level, place]), own.to_score
        told[own.truths[place]][level].append(step)
    own.finder = finder
