"""Temporal actionness grouping against a literal reading of METHOD section 6.2."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from dbs_core.method.detection.proposals import group, propose
from dbs_core.method.detection.settings import ProposalSettings
from dbs_core.records import FrameScores, Segments
from dbs_core.records.overlap import nms

TAG = ProposalSettings(per_class=False)


def literal_group(b, tau):
    """METHOD 6.2 word by word, without the quirk of ending one sample late."""
    n = len(b)
    u = [i for i in range(n) if b[i] and (i == 0 or not b[i - 1])]
    d = [i + 1 for i in range(n) if b[i] and (i == n - 1 or not b[i + 1])]
    c, zeros = [], 0
    for active in b:
        zeros += not active
        c.append(zeros)

    def g(i):
        return c[i] - tau * i if i < n else g(n - 1) - tau

    boxes, runs = [], len(u)
    for x in range(runs):
        later = [y for y in range(x + 1, runs) if g(u[y]) > g(u[x])]
        boxes.append((u[x], d[later[0] - 1] if later else d[-1]))
    for x in range(runs):
        earlier = [y for y in range(x) if g(d[y]) < g(d[x])]
        boxes.append((u[earlier[-1] + 1] if earlier else u[0], d[x]))
    return boxes


def actionness(curve, classes=1):
    """Frame scores, five a second, whose actionness is a curve."""
    curve = np.asarray(curve, np.float32)
    action = np.tile(curve[:, None] / classes, (1, classes))
    probability = np.concatenate([1 - curve[:, None], action], axis=1)
    times = np.arange(len(curve)) / 5
    return FrameScores(probability.astype(np.float32), times, len(curve) / 5)


def sequence(text):
    return np.array([mark == "#" for mark in text])


def found(text, tolerance):
    return {tuple(box) for box in group(sequence(text), tolerance).tolist()}


class TestGroup:
    """METHOD 11, 8: sequences by hand; `#` is a frame above the threshold."""

    @pytest.mark.parametrize("tolerance", [0.05, 0.5, 1.0])
    @pytest.mark.parametrize(
        ("text", "box"),
        [
            pytest.param("..###..", (2, 5), id="single run"),
            pytest.param("....###", (4, 7), id="touching the end"),
            pytest.param("###....", (0, 3), id="touching the start"),
            pytest.param("#####", (0, 5), id="everything"),
            pytest.param("#", (0, 1), id="one frame"),
        ],
    )
    def test_single_run_stays_itself(self, text, box, tolerance):
        assert found(text, tolerance) == {box}

    @pytest.mark.parametrize("text", ["", ".", "....."])
    def test_no_run_is_no_group(self, text):
        assert group(sequence(text), 0.5).shape == (0, 2)

    @pytest.mark.parametrize(
        ("text", "tolerance", "joined"),
        [
            # forward, 2 of the 10 frames from the start to the second run: 0.2
            pytest.param("########..#", 0.19, False, id="forward, just below"),
            pytest.param("########..#", 0.21, True, id="forward, just above"),
            # backward the first frame of a gap counts for the run before it, so
            # 1 of the 10 frames from there to the end: 0.1
            pytest.param("#..########", 0.09, False, id="backward, just below"),
            pytest.param("#..########", 0.11, True, id="backward, just above"),
        ],
    )
    def test_two_runs_join_when_the_gap_is_tolerated(self, text, tolerance, joined):
        boxes = found(text, tolerance)
        assert boxes - {(0, 11)} == {(0, text.index(".")), (text.rindex(".") + 1, 11)}
        assert ((0, 11) in boxes) == joined

    def test_full_tolerance_absorbs_everything_ahead(self):
        boxes = found("#..#...#....#", 1.0)
        assert {(0, 13), (3, 13), (7, 13), (12, 13)} <= boxes

    @given(
        st.lists(st.booleans(), min_size=1, max_size=40),
        st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]),
    )
    def test_is_the_literal_reading(self, active, tolerance):
        boxes = group(np.array(active), tolerance).tolist()
        # Boxes are made unique later: how often one is found says nothing.
        assert set(map(tuple, boxes)) == set(literal_group(active, tolerance))


class TestPropose:
    def test_one_clear_action_is_one_proposal(self):
        curve = np.full(30, 0.005)
        curve[10:20] = 0.97
        proposals = propose(actionness(curve), TAG)
        assert proposals.spans_s.tolist() == [[2.0, 4.0]]
        assert proposals.scores[0] == pytest.approx(10 * np.log(0.97 / 0.03), rel=1e-3)
        assert proposals.labels.tolist() == [0]

    def test_action_at_the_end_ends_with_the_video(self):
        curve = np.full(30, 0.005)
        curve[25:] = 0.97
        assert propose(actionness(curve), TAG).spans_s.tolist() == [[5.0, 6.0]]

    @pytest.mark.parametrize("t", [0, 1, 30])
    def test_nothing_above_the_lowest_threshold_is_no_proposal(self, t):
        assert len(propose(actionness(np.full(t, 0.005)), TAG)) == 0

    def test_two_levels_give_the_peak_and_the_hill(self):
        curve = np.full(40, 0.005)
        curve[10:30], curve[15:20] = 0.3, 0.97
        spans = propose(actionness(curve), TAG).spans_s.tolist()
        assert sorted(spans) == [[2.0, 6.0], [3.0, 4.0]]

    @given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 3.0]))
    def test_pools_every_threshold_and_tolerance(self, seed, smoothing):
        rng = np.random.default_rng(seed)
        t = int(rng.integers(1, 30))
        scores = actionness(rng.random(t) ** 2)
        ours = ProposalSettings(per_class=False, smoothing=smoothing)
        raw = 1 - scores.probability[:, 0].astype(np.float64)
        curve = gaussian_filter1d(raw, smoothing) if smoothing else raw
        boxes = {
            box
            for gamma in ours.thresholds
            for tau in ours.tolerances
            for box in literal_group((curve > gamma).tolist(), tau)
        }
        proposals = propose(scores, ours)
        edges = scores.edges_s
        pool = np.array([(edges[a], edges[b]) for a, b in sorted(boxes)]).reshape(-1, 2)
        odds = np.log(np.clip(raw, 1e-4, 1 - 1e-4) / np.clip(1 - raw, 1e-4, 1 - 1e-4))
        sums = np.array([odds[a:b].sum() for a, b in sorted(boxes)])
        wanted = Segments.of(pool, np.zeros(len(pool)), sums)
        kept = np.flatnonzero(nms(wanted, 0.9) < 0)
        order = np.argsort(-sums[kept], kind="stable")
        np.testing.assert_allclose(proposals.scores, sums[kept][order], atol=1e-3)
        assert sorted(proposals.spans_s.tolist()) == sorted(pool[kept].tolist())

    def test_touching_actions_of_two_classes_are_told_apart_by_their_scores(self):
        probability = np.full((30, 3), 0.001, np.float32)
        probability[:, 0] = 0.998
        probability[5:15] = [0.02, 0.96, 0.02]
        probability[15:25] = [0.02, 0.02, 0.96]
        scores = FrameScores(probability, np.arange(30) / 5, 6.0)
        together = propose(scores, TAG).spans_s.tolist()
        assert together == [[1.0, 5.0]]
        spans = propose(scores, ProposalSettings()).spans_s.tolist()
        assert sorted(spans) == [[1.0, 3.0], [1.0, 5.0], [3.0, 5.0]]

    @settings(max_examples=20)
    @given(st.integers(0, 2**32 - 1))
    def test_near_duplicates_are_gone_and_spans_lie_in_the_video(self, seed):
        rng = np.random.default_rng(seed)
        scores = actionness(rng.random(25), classes=3)
        proposals = propose(scores, ProposalSettings())
        assert np.all(nms(proposals, 0.9) == -1)
        assert np.all(proposals.spans_s >= 0)
        assert np.all(proposals.spans_s <= scores.duration_s)
        assert np.all(np.diff(proposals.scores) <= 0)

    def test_uneven_times_are_kept(self):
        """Spans come from the frames' own times, not from their number."""
        times = np.array([0.0, 0.25, 0.4, 0.9, 1.0, 1.7])
        probability = np.float32([[1, 0], [0.02, 0.98], [0.02, 0.98], [1, 0]] * 2)[:6]
        spans = propose(FrameScores(probability, times, 2.0), TAG).spans_s
        assert [0.25, 0.9] in spans.tolist()
        assert [1.7, 2.0] in spans.tolist()
