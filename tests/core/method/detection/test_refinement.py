"""CDC's rule of METHOD section 7, by hand and against a literal loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.detection.refinement import refine
from dbs_core.method.detection.settings import RefinementSettings
from dbs_core.records import FrameScores, Segments

CDC = RefinementSettings(overlap=0.4, classes="best", score="mean")
STRICT = RefinementSettings(extension=0.0, overlap=1.0, classes="best", score="mean")


def scores_of(columns, step_s=1.0):
    """Frame scores from a list of columns, background first, one frame a second."""
    probability = np.array(columns, np.float32).T
    times = np.arange(len(probability)) * step_s
    return FrameScores(probability, times, len(probability) * step_s)


def proposals_of(*spans):
    return Segments.of(np.array(spans, float), [0] * len(spans))


def action(column):
    """Two columns: an action, and background as what is left."""
    return scores_of([1 - np.array(column), column])


class TestByHand:
    def test_constant_scores_keep_the_extended_proposal(self):
        """2..6 s and an eighth of 4 s at each end: 1.5..6.5 s.

        Frames of a second belong to it whose middle does: 1.5 to 5.5.
        """
        found = refine(action([0.8] * 10), proposals_of([2, 6]), CDC)
        assert found.segments.spans_s.tolist() == [[1, 6]]
        assert found.segments.scores[0] == pytest.approx(0.8)
        assert found.level[0] == pytest.approx(0.8)

    def test_extension_is_in_seconds_not_whole_frames(self):
        scores = FrameScores(np.float32([[0.2, 0.8]] * 100), np.arange(100) / 10, 10.0)
        found = refine(scores, proposals_of([2, 6]), CDC)
        np.testing.assert_allclose(found.segments.spans_s, [[1.5, 6.5]], atol=1e-9)

    @pytest.mark.parametrize(
        ("span", "wanted"),
        [([0, 4], [0, 4]), ([6, 10], [6, 10]), ([0, 10], [0, 10])],
    )
    def test_extension_stays_in_the_video(self, span, wanted):
        """An eighth of 4 s is half a frame: outside the video there is none."""
        found = refine(action([0.8] * 10), proposals_of(span), CDC)
        start, end = found.segments.spans_s[0]
        assert start >= 0
        assert end <= 10
        assert start <= wanted[0]
        assert end >= wanted[1]

    def test_proposal_won_by_background_disappears(self):
        column = [0.9] * 5 + [0.1] * 5
        found = refine(action(column), proposals_of([5, 10], [0, 5]), STRICT)
        assert found.segments.spans_s.tolist() == [[0, 5]]
        assert found.proposal.tolist() == [1]
        assert found.segments.labels.tolist() == [1]

    def test_class_is_that_of_the_highest_mean(self):
        """Class 2 has the higher peak, class 1 the higher mean."""
        scores = scores_of([[0, 0, 0, 0], [0.6, 0.6, 0.6, 0], [0.1, 0.1, 0.1, 1]])
        found = refine(scores, proposals_of([0, 4]), STRICT)
        assert found.segments.labels.tolist() == [1]

    def test_level_is_mean_less_sample_deviation(self):
        """0.5 and three of 0.9: mean 0.8, deviation sqrt(0.12 / 3) = 0.2."""
        found = refine(action([0.5, 0.9, 0.9, 0.9]), proposals_of([0, 4]), STRICT)
        assert found.level[0] == pytest.approx(0.6, abs=1e-6)
        assert found.segments.spans_s.tolist() == [[1, 4]]
        assert found.segments.scores[0] == pytest.approx(0.9)

    def test_dips_inside_do_not_split(self):
        column = [0.2, 0.9, 0.9, 0.2, 0.9, 0.9, 0.2]
        found = refine(action(column), proposals_of([0, 7]), STRICT)
        assert found.segments.spans_s.tolist() == [[1, 6]]
        assert found.segments.scores[0] == pytest.approx((4 * 0.9 + 0.2) / 5)

    def test_single_frame_has_no_deviation(self):
        found = refine(action([0.9, 0.7, 0.9]), proposals_of([1, 2]), STRICT)
        assert found.segments.spans_s.tolist() == [[1, 2]]
        assert found.level[0] == pytest.approx(0.7)

    def test_proposal_between_two_middles_takes_the_nearest_frame(self):
        found = refine(action([0.9, 0.7, 0.9]), proposals_of([1.6, 1.9]), STRICT)
        assert len(found.segments) == 1

    def test_overlapping_detections_of_one_class_are_thinned_out(self):
        column = [0.1, 0.8, 0.9, 0.9, 0.8, 0.1, 0.1, 0.1]
        found = refine(action(column), proposals_of([1, 5], [2, 4], [1, 4]), CDC)
        best = int(np.argmax(found.segments.scores))
        assert found.suppressed_by[best] == -1
        assert len(found.detections) < 3

    def test_detections_come_best_first(self):
        column = [0.6] * 3 + [0.1] * 3 + [0.9] * 3
        found = refine(action(column), proposals_of([0, 3], [6, 9]), STRICT)
        assert found.detections.scores.tolist() == pytest.approx([0.9, 0.6])

    def test_nothing_in_nothing_out(self):
        assert len(refine(action([0.9] * 4), Segments.empty(), CDC).segments) == 0
        empty = FrameScores(np.zeros((0, 2), np.float32), np.zeros(0), 1.0)
        assert len(refine(empty, proposals_of([0, 1]), CDC).segments) == 0


class TestContrast:
    """Ours: the mean inside less the mean of a quarter of the length beside."""

    OURS = RefinementSettings(extension=0.0, overlap=1.0)

    def test_by_hand(self):
        """Inside 0.9; one frame beside at each end: 0.3 and 0.1."""
        column = [0, 0.3, 0.9, 0.9, 0.9, 0.9, 0.1, 0]
        found = refine(action(column), proposals_of([2, 6]), self.OURS)
        assert found.segments.scores[0] == pytest.approx(0.9 - 0.2, abs=1e-6)

    def test_at_an_end_of_the_video_only_the_other_side_counts(self):
        column = [0.9, 0.9, 0.9, 0.9, 0.3, 0, 0, 0]
        found = refine(action(column), proposals_of([0, 4]), self.OURS)
        assert found.segments.scores[0] == pytest.approx(0.6, abs=1e-6)

    def test_whole_video_has_nothing_beside(self):
        found = refine(action([0.9] * 6), proposals_of([0, 6]), self.OURS)
        assert found.segments.scores[0] == pytest.approx(0.9, abs=1e-6)

    def test_all_of_an_action_outranks_its_best_frames(self):
        column = [0.05, 0.8, 0.9, 0.9, 0.8, 0.05, 0.05]
        both = proposals_of([1, 5], [2, 4])
        by_mean = refine(action(column), both, STRICT).segments.scores
        by_contrast = refine(action(column), both, self.OURS).segments.scores
        assert by_mean[0] < by_mean[1]
        assert by_contrast[0] > by_contrast[1]


def literal(scores, span, extension):
    """METHOD section 7 for one proposal, frame by frame, in plain floats."""
    edges = scores.edges_s
    n, length = len(scores), span[1] - span[0]
    low, high = span[0] - extension * length, span[1] + extension * length
    middles = [(edges[i] + edges[i + 1]) / 2 for i in range(n)]
    inside = [i for i in range(n) if low <= middles[i] < high]
    if not inside:
        return None
    values = scores.probability.astype(np.float64)
    means = [sum(values[i, c] for i in inside) / len(inside) for c in range(3)]
    label = means.index(max(means))
    squares = sum((values[i, label] - means[label]) ** 2 for i in inside)
    deviation = math.sqrt(squares / (len(inside) - 1)) if len(inside) > 1 else 0.0
    level = means[label] - deviation
    reached = [i for i in inside if values[i, label] >= level - 1e-9]
    first, last = reached[0], reached[-1]
    score = sum(values[i, label] for i in range(first, last + 1)) / (last + 1 - first)
    return label, edges[first], edges[last + 1], level, score


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.125, 0.5]))
def test_is_the_literal_rule(seed, extension):
    rng = np.random.default_rng(seed)
    t = int(rng.integers(2, 40))
    times = np.cumsum(rng.uniform(0.1, 0.3, t))
    scores = FrameScores(
        rng.dirichlet(np.ones(3), t).astype(np.float32), times, float(times[-1]) + 0.2
    )
    pairs = np.sort(rng.uniform(times[0], times[-1], (8, 2)), axis=1)
    spans = pairs[pairs[:, 1] - pairs[:, 0] > 0.35]
    settings = RefinementSettings(extension=extension, classes="best", score="mean")
    found = refine(scores, Segments.of(spans, np.zeros(len(spans))), settings)
    wanted = [literal(scores, span, extension) for span in spans]
    kept = [i for i, w in enumerate(wanted) if w is not None and w[0] != 0]
    assert found.proposal.tolist() == kept
    for row, index in enumerate(kept):
        label, start, end, level, score = wanted[index]
        assert found.segments.labels[row] == label
        assert found.level[row] == pytest.approx(level, abs=1e-6)
        np.testing.assert_allclose(found.segments.spans_s[row], [start, end])
        assert found.segments.scores[row] == pytest.approx(score, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["mean", "contrast"]))
def test_stays_in_the_video(seed, kind):
    rng = np.random.default_rng(seed)
    t = int(rng.integers(1, 30))
    scores = FrameScores(
        rng.dirichlet(np.ones(3), t).astype(np.float32),
        np.arange(t) * 0.2,
        t * 0.2 + float(rng.uniform(0, 1)),
    )
    starts = rng.uniform(-1, scores.duration_s + 1, 10)
    spans = np.stack([starts, starts + rng.uniform(0.01, 5, 10)], axis=1)
    settings = RefinementSettings(score=kind)
    found = refine(scores, Segments.of(spans, np.zeros(10)), settings)
    assert np.all(found.segments.spans_s[:, 0] >= 0)
    assert np.all(found.segments.spans_s[:, 1] <= scores.duration_s)
    assert np.all(found.segments.labels > 0)
    assert np.all(np.abs(found.segments.scores) <= 1 + 1e-6)


class TestEveryClass:
    def test_a_proposal_is_tried_as_every_class_above_the_floor(self):
        """Means 0.5, 0.3 and 0.05 at a floor of 0.1: two candidates."""
        scores = scores_of([[0.15] * 8, [0.5] * 8, [0.3] * 8, [0.05] * 8])
        found = refine(scores, proposals_of([1, 7]), RefinementSettings(floor=0.1))
        assert found.segments.labels.tolist() == [1, 2]
        assert found.proposal.tolist() == [0, 0]

    def test_background_wins_and_the_action_is_still_tried(self):
        scores = scores_of([[0.8] * 8, [0.2] * 8])
        found = refine(scores, proposals_of([1, 7]), RefinementSettings(floor=0.1))
        assert found.segments.labels.tolist() == [1]
