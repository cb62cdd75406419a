"""What became of proposals and candidates on the way to the detections."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dbs_core.records import VideoResult

Span = tuple[float, float]
"""Start and end, seconds."""


@dataclass(frozen=True)
class Tally:
    """How many of a video's proposals and of a class's candidates were left.

    `lost` proposals became no candidate of any class: background won.
    """

    proposals: int
    lost: int
    candidates: int
    removed: int

    @property
    def detections(self) -> int:
        """The class's candidates that suppression kept."""
        return self.candidates - self.removed


@dataclass(frozen=True)
class ProposalFate:
    """A proposal, and whether a candidate came of it."""

    number: int
    span_s: Span
    became: bool


@dataclass(frozen=True)
class CandidateFate:
    """A candidate of a class; `removed_by` is the better one, None if it was kept."""

    number: int
    span_s: Span
    label: int
    score: float
    proposal: int
    removed_by: int | None


@dataclass(frozen=True)
class Origin:
    """Where a detection comes from, and how many candidates it removed.

    Where a temporal head told its borders, nothing was grouped and nothing refined:
    no proposal, no level.
    """

    candidate: int
    beat: int
    level: float | None
    proposal_s: Span | None


def tally(result: VideoResult, label: int) -> Tally:
    """Count a video's proposals and a class's candidates, and what was lost of both."""
    table = result.candidates
    of_class = table.segments.labels == label
    count = len(result.proposals)
    return Tally(
        count,
        count - len(np.unique(table.proposal)),
        int(of_class.sum()),
        int((of_class & (table.suppressed_by >= 0)).sum()),
    )


def proposal_fates(result: VideoResult, most: int) -> tuple[ProposalFate, ...]:
    """Tell what became of the proposals, at most so many, the strongest first."""
    became = {int(p) for p in result.candidates.proposal}
    order = result.proposals.ranking[:most]
    spans = result.proposals.spans_s
    return tuple(ProposalFate(i, _span(spans[i]), i in became) for i in map(int, order))


def candidate_fates(
    result: VideoResult, label: int, *, kept: bool, most: int
) -> tuple[CandidateFate, ...]:
    """Tell what became of a class's candidates, the strongest first.

    Args:
        result: of one video.
        label: the class.
        kept: the detections, or those that suppression removed.
        most: how many at most.
    """
    table = result.candidates
    chosen = (table.segments.labels == label) & ((table.suppressed_by < 0) == kept)
    order = table.segments.ranking
    return tuple(_fates(result, order[chosen[order]][:most]))


def _fates(result: VideoResult, chosen: np.ndarray) -> Iterable[CandidateFate]:
    table = result.candidates
    for i in map(int, chosen):
        by = int(table.suppressed_by[i])
        yield CandidateFate(
            i,
            _span(table.segments.spans_s[i]),
            int(table.segments.labels[i]),
            float(table.segments.scores[i]),
            int(table.proposal[i]),
            by if by >= 0 else None,
        )


def detection_origins(result: VideoResult) -> tuple[Origin, ...]:
    """Tell where each of `result.detections` comes from, in their order."""
    return tuple(_origin(result, int(i)) for i in result.candidates.kept)


def _origin(result: VideoResult, candidate: int) -> Origin:
    table, told = result.candidates, result.reach_s is not None
    proposal = int(table.proposal[candidate])
    known = not told and 0 <= proposal < len(result.proposals)
    return Origin(
        candidate,
        int((table.suppressed_by == candidate).sum()),
        None if told else float(table.level[candidate]),
        _span(result.proposals.spans_s[proposal]) if known else None,
    )


def _span(span: np.ndarray) -> Span:
    return float(span[0]), float(span[1])
