"""From frames that know how far their action reaches to detections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.detection.reach import SHORTEST_S, bounded, spans_of
from dbs_core.method.detection.settings import HeadSettings, RefinementSettings
from dbs_core.records import FrameScores

RULE = RefinementSettings()


def action(rows, step=0.2):
    """Scores of classes 1..; background has the rest."""
    rows = np.array(rows, np.float32)
    whole = np.concatenate([1 - rows.sum(1, keepdims=True), rows], axis=1)
    times = np.arange(len(rows)) * step
    return FrameScores(whole.astype(np.float32), times, len(rows) * step)


def perfect(spans, t, step=0.2):
    """Reach of frames that know their span; half a second elsewhere."""
    times = np.arange(t) * step
    reach = np.full((t, 2), 0.5, np.float32)
    for start, end in spans:
        there = (start <= times) & (times < end)
        reach[there] = np.stack([times[there] - start, end - times[there]], axis=1)
    return reach


def test_an_action_is_found_with_the_ends_that_its_frames_tell():
    rows = np.zeros((20, 1))
    rows[5:12, 0] = 0.9
    found = bounded(action(rows), perfect([(0.95, 2.42)], 20), HeadSettings(), RULE)
    detections = found[1].detections
    assert len(detections) == 1
    np.testing.assert_allclose(detections.spans_s, [[0.95, 2.42]], atol=1e-6)
    assert detections.labels.tolist() == [1]
    # 0.9 inside and nothing beside, by a frame of 0.9: the mean of both is 0.9.
    assert detections.scores[0] == pytest.approx(0.9, abs=1e-3)


def test_two_actions_that_touch_stay_two():
    rows = np.full((20, 1), 0.9)
    reach = perfect([(0.0, 2.0), (2.0, 4.0)], 20)
    detections = bounded(action(rows), reach, HeadSettings(), RULE)[1].detections
    spans = sorted(np.round(detections.spans_s, 6).tolist())
    assert spans == [[0.0, 2.0], [2.0, 4.0]]


def test_each_class_with_some_score_is_tried():
    rows = np.zeros((10, 2))
    rows[2:6] = [0.6, 0.3]
    found = bounded(action(rows), perfect([(0.4, 1.2)], 10), HeadSettings(), RULE)
    detections = found[1].detections
    assert sorted(detections.labels.tolist()) == [1, 2]
    best = detections.labels[detections.scores.argmax()]
    assert best == 1


def test_frames_below_the_floor_propose_nothing():
    rows = np.full((10, 1), 0.04)
    proposals, candidates = bounded(action(rows), perfect([], 10), HeadSettings(), RULE)
    assert len(proposals) == 0
    assert len(candidates.segments) == 0


def test_candidates_name_their_proposal():
    rows = np.zeros((10, 2))
    rows[2:6] = [0.5, 0.4]
    proposals, candidates = bounded(
        action(rows), perfect([(0.4, 1.2)], 10), HeadSettings(), RULE
    )
    np.testing.assert_array_equal(
        proposals.spans_s[candidates.proposal], candidates.segments.spans_s
    )
    assert len(proposals) == 4


@given(st.integers(1, 30), st.integers(0, 1000), st.booleans())
def test_spans_lie_in_the_video_and_hold_their_frame(t, seed, each):
    rng = np.random.default_rng(seed)
    scores = action(rng.dirichlet(np.ones(3), t)[:, :2])
    reach = rng.exponential(2.0, (t, 2, 3) if each else (t, 2)).astype(np.float32)
    spans = spans_of(scores, reach)
    assert spans.shape == (t, 2, 2)
    assert (spans[..., 0] >= 0).all()
    assert (spans[..., 1] <= scores.duration_s + 1e-9).all()
    assert (spans[..., 0] <= scores.times_s[:, None] + 1e-6).all()
    assert (spans[..., 1] - spans[..., 0] >= SHORTEST_S - 1e-9).all()


def test_no_reach_at_the_first_frame_is_still_a_span():
    spans = spans_of(action(np.ones((3, 1))), np.zeros((3, 2), np.float32))
    assert spans[0].tolist() == [[0.0, SHORTEST_S]]


def test_classes_with_reaches_of_their_own_may_overlap():
    """One goes on inside the other: both are found, each with its own span."""
    rows = np.full((20, 2), 0.4)
    told = np.zeros((20, 2, 3), np.float32)
    for label, (start, end) in enumerate([(0.4, 3.6), (1.4, 2.2)]):
        told[:, label, :2] = perfect([(start, end)], 20)
        inside = (np.arange(20) * 0.2 >= start) & (np.arange(20) * 0.2 < end)
        told[inside, label, 2] = 0.8
    proposals, candidates = bounded(action(rows), told, HeadSettings(), RULE)
    found = candidates.detections
    spans = dict(zip(found.labels.tolist(), found.spans_s.tolist(), strict=True))
    assert spans[1] == pytest.approx([0.4, 3.6], abs=1e-6)
    assert spans[2] == pytest.approx([1.4, 2.2], abs=1e-6)
    assert len(proposals) == 16


def test_what_the_head_is_unsure_of_is_no_candidate_whatever_the_frames_say():
    told = np.full((10, 1, 3), 0.04, np.float32)
    _, candidates = bounded(action(np.ones((10, 1))), told, HeadSettings(), RULE)
    assert len(candidates.segments) == 0
