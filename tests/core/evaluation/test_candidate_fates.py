"""What became of proposals and candidates, on a video told by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.candidate_fates import (
    candidate_fates,
    detection_origins,
    proposal_fates,
    tally,
)
from dbs_core.records import Candidates, Segments, VideoResult
from tests.core.make_result import make_result

# Five proposals; 1 and 4 are lost to background. Of class 1 candidates 0 and 3 are
# left, 1 and 4 were removed by 0 and 3; candidate 2 is of class 2.
PROPOSALS = Segments.of(
    [[0.0, 1.0], [0.2, 0.4], [0.5, 1.5], [1.0, 2.0], [0.0, 0.2]],
    [0] * 5,
    [1.0, 5.0, 3.0, 4.0, 2.0],
)
CANDIDATES = Candidates(
    Segments.of(
        [[0.1, 0.9], [0.2, 1.0], [0.5, 1.5], [1.1, 2.0], [1.2, 2.0]],
        [1, 1, 2, 1, 1],
        [0.5, 0.3, 0.4, 0.8, 0.6],
    ),
    np.array([0, 0, 2, 3, 3]),
    np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
    np.array([-1, 0, -1, -1, 3]),
)


@pytest.fixture
def result() -> VideoResult:
    return replace(make_result(), proposals=PROPOSALS, candidates=CANDIDATES)


def test_counts(result):
    found = tally(result, 1)
    assert (found.proposals, found.lost) == (5, 2)
    assert (found.candidates, found.removed, found.detections) == (4, 2, 2)
    assert tally(result, 2).detections == 1
    assert tally(result, 3).candidates == 0


def test_proposals_come_by_strength_and_say_what_became_of_them(result):
    found = proposal_fates(result, most=3)
    assert [(p.number, p.became) for p in found] == [(1, False), (3, True), (2, True)]
    assert found[0].span_s == (0.2, 0.4)


def test_candidates_come_by_strength_with_what_removed_them(result):
    kept = candidate_fates(result, 1, kept=True, most=9)
    assert [(c.number, c.removed_by) for c in kept] == [(3, None), (0, None)]
    removed = candidate_fates(result, 1, kept=False, most=9)
    assert [(c.number, c.removed_by, c.proposal) for c in removed] == [
        (4, 3, 3),
        (1, 0, 0),
    ]
    assert (removed[0].score, removed[0].span_s) == (0.6, (1.2, 2.0))
    assert len(candidate_fates(result, 1, kept=True, most=1)) == 1


def test_detections_know_where_they_come_from(result):
    found = detection_origins(result)
    assert [o.candidate for o in found] == [3, 0, 2]
    assert [o.beat for o in found] == [1, 1, 0]
    assert [o.level for o in found] == [0.4, 0.1, 0.3]
    assert [o.proposal_s for o in found] == [(1.0, 2.0), (0.0, 1.0), (0.5, 1.5)]
    np.testing.assert_array_equal(
        result.detections.spans_s,
        [CANDIDATES.segments.spans_s[o.candidate] for o in found],
    )


def test_a_head_tells_borders_itself(result):
    told = replace(result, reach_s=np.ones((10, 2), np.float32))
    for origin in detection_origins(told):
        assert origin.level is None
        assert origin.proposal_s is None


def test_nothing_found_is_nothing(result):
    none = Candidates(Segments.empty(), np.zeros(0, int), np.zeros(0), np.zeros(0, int))
    empty = replace(result, proposals=Segments.empty(), candidates=none)
    assert tally(empty, 1).proposals == tally(empty, 1).lost == 0
    assert proposal_fates(empty, 9) == candidate_fates(empty, 1, kept=True, most=9)
    assert detection_origins(empty) == ()
