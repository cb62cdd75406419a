"""Labels in time and on the grid: METHOD sections 2.4 and 3, and 11 (5, 6)."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.backprojection.annotation_maps import (
    assigned_mask,
    class_mass,
    frame_labels,
    frame_targets,
    target_map,
)
from dbs_core.method.backprojection.windows import window_sum
from dbs_core.records import Placement, Segments, VideoTruth

E, W = 8, 3
TIMES = np.arange(10) * 0.2


def placed(origins, weights=None, grid=(E, E), window=(W, W)):
    """Frames at given origins, one or more each."""
    locations = np.asarray(origins, np.int16)
    if locations.ndim == 2:
        locations = locations[:, None]
    kept = np.ones(locations.shape[:2]) if weights is None else np.asarray(weights)
    times = np.arange(len(locations)) * 0.2
    return Placement(
        locations, kept.astype(np.float32), grid, window, times, len(times) * 0.2
    )


def truth(spans, labels, ambiguous=()):
    return VideoTruth(
        Segments.of(spans, labels), np.array(ambiguous, np.float64).reshape(-1, 2)
    )


def covered(origins, grid=(E, E), window=(W, W)):
    """Cells of windows, by a loop."""
    cells = np.zeros(grid, bool)
    for m, n in origins:
        for i, j in itertools.product(range(window[0]), range(window[1])):
            cells[(m + i) % grid[0], (n + j) % grid[1]] = True
    return cells


class TestFrameLabels:
    def test_spans_hold_their_start_and_not_their_end(self):
        labels = frame_labels(truth([[0.4, 1.0]], [2]), TIMES, 4)
        assert np.flatnonzero(labels[:, 2]).tolist() == [2, 3, 4]

    def test_background_is_what_no_action_covers(self):
        labels = frame_labels(truth([[0.4, 1.0], [0.8, 1.2]], [2, 1]), TIMES, 4)
        assert np.flatnonzero(labels[:, 0]).tolist() == [0, 1, 6, 7, 8, 9]

    def test_two_actions_at_once_are_both_there(self):
        """METHOD 9, row 8: true multi-label sets."""
        labels = frame_labels(truth([[0.4, 1.0], [0.8, 1.2]], [2, 1]), TIMES, 4)
        assert labels[4].tolist() == [False, True, True, False]

    def test_ambiguous_frames_belong_to_nothing_unless_an_action_is_there(self):
        known = truth([[0.4, 0.8]], [1], [[0.6, 1.2]])
        labels = frame_labels(known, TIMES, 3)
        assert labels[3].tolist() == [False, True, False]
        assert not labels[4:6].any()
        assert labels[6, 0]

    def test_no_action_at_all_is_all_background(self):
        labels = frame_labels(VideoTruth.none(), TIMES, 3)
        assert labels[:, 0].all()
        assert not labels[:, 1:].any()

    def test_targets_share_a_frame_evenly(self):
        labels = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]], bool)
        shares = frame_targets(labels)
        assert shares.tolist() == [[0, 0.5, 0.5], [1, 0, 0], [0, 0, 0]]


class TestMass:
    def test_counts_frames_at_their_origin(self):
        placement = placed([[1, 2], [1, 2], [7, 7]])
        share = np.array([[1, 0], [0.5, 0.5], [0, 1]], np.float32)
        mass = class_mass(placement, share)
        assert mass[1, 2].tolist() == [1.5, 0.5]
        assert mass[7, 7].tolist() == [0, 1]
        assert mass.sum() == pytest.approx(3)

    def test_weighs_by_the_posterior(self):
        placement = placed([[[0, 0], [3, 4]]], [[0.75, 0.25]])
        mass = class_mass(placement, np.ones((1, 1), np.float32))
        assert mass[0, 0, 0] == pytest.approx(0.75)
        assert mass[3, 4, 0] == pytest.approx(0.25)

    def test_window_sum_is_a_loop_over_windows(self, rng):
        grid, window = (6, 9), (2, 4)
        origins = rng.random((*grid, 2)).astype(np.float32)
        wanted = np.zeros((*grid, 2))
        for m, n in np.ndindex(grid):
            wanted[covered([(m, n)], grid, window)] += origins[m, n]
        np.testing.assert_allclose(window_sum(origins, window), wanted, rtol=1e-5)


class TestTau:
    """METHOD 11, 5: tau is exceeded at an origin, then windows are united."""

    @pytest.mark.parametrize(("frames", "active"), [(5, True), (4, False), (0, False)])
    def test_mask_wants_more_than_tau_at_one_origin(self, frames, active):
        origins = [[2, 6]] * frames + [[5, 1]] * 3
        mask = assigned_mask(placed(origins), 4.0)
        np.testing.assert_array_equal(mask, covered([(2, 6)] if active else []))

    def test_mask_does_not_add_up_neighbouring_origins(self):
        """Five frames on one cell, but not at one origin, are not enough."""
        mask = assigned_mask(placed([[2, 2]] * 3 + [[2, 3]] * 3), 4.0)
        assert not mask.any()

    def test_mask_is_blind_to_labels(self):
        """Three frames of each of two classes at one origin: six frames."""
        assert assigned_mask(placed([[2, 2]] * 6), 4.0).sum() == W * W

    @pytest.mark.parametrize(("frames", "active"), [(5, True), (4, False)])
    def test_eq5_wants_more_than_tau(self, frames, active):
        """With enough frames of the class elsewhere that tau counts, not 15 %."""
        origins = [[2, 6]] * frames + [[5, 1]] * 40
        share = np.zeros((len(origins), 2), np.float32)
        share[:, 1] = 1
        mass = class_mass(placed(origins), share)
        target = target_map(mass, (W, W), "eq5", 4.0)
        wanted = covered([(2, 6), (5, 1)] if active else [(5, 1)])
        np.testing.assert_array_equal(target[..., 1] > 0, wanted)

    def test_short_instances_keep_cells(self):
        """METHOD 3.4: min(4, 0.15 of the class's frames)."""
        origins = [[0, 0], [0, 0], *([i, 4] for i in range(8))]
        share = np.tile(np.float32([0, 1]), (10, 1))
        target = target_map(class_mass(placed(origins), share), (W, W), "eq5", 4.0)
        np.testing.assert_array_equal(target[..., 1] > 0, covered([(0, 0)]))

    @pytest.mark.parametrize(
        ("second", "area"),
        [
            pytest.param((1, 1), 18 - 4, id="two windows share 2 x 2 cells"),
            pytest.param((0, 2), 18 - 3, id="one column"),
            pytest.param((0, 0), 9, id="the same"),
            pytest.param((4, 4), 18, id="apart"),
            pytest.param((7, 7), 18 - 4, id="over the torus's corner"),
        ],
    )
    def test_union_of_windows_has_the_right_area(self, second, area):
        mask = assigned_mask(placed([[0, 0]] * 5 + [list(second)] * 5), 4.0)
        assert mask.sum() == area

    def test_window_at_the_last_origin_wraps_around(self):
        """METHOD 11, 3, with the real window: cells {E-1, 0..5} both ways."""
        placement = placed([[15, 15]] * 5, grid=(16, 16), window=(7, 7))
        wanted = np.zeros((16, 16), bool)
        wanted[np.ix_([15, 0, 1, 2, 3, 4, 5], [15, 0, 1, 2, 3, 4, 5])] = True
        np.testing.assert_array_equal(assigned_mask(placement, 4.0), wanted)


class TestEquation5:
    def test_action_wins_shared_cells_and_two_actions_share_one(self):
        """AUTHOR's rules, METHOD 3.2."""
        origins = [[0, 0]] * 6 + [[0, 1]] * 6 + [[0, 2]] * 6
        share = np.repeat(np.eye(3, dtype=np.float32), 6, axis=0)  # 0, 1, 2
        target = target_map(class_mass(placed(origins), share), (W, W), "eq5", 4.0)
        assert target[0, 0].tolist() == [1, 0, 0]
        assert target[0, 1].tolist() == [0, 1, 0]
        assert target[0, 2].tolist() == [0, 0.5, 0.5]
        assert target[0, 4].tolist() == [0, 0, 1]
        assert target[0, 6].tolist() == [0, 0, 0]

    @given(st.integers(0, 2**32 - 1))
    def test_is_a_literal_loop(self, seed):
        rng = np.random.default_rng(seed)
        mass = rng.integers(0, 7, (E, E, 4)).astype(np.float32)
        target = target_map(mass, (W, W), "eq5", 4.0)
        active = [
            covered(np.argwhere(mass[..., c] > min(4.0, 0.15 * mass[..., c].sum())))
            for c in range(4)
        ]
        for x in np.ndindex(E, E):
            actions = [c for c in (1, 2, 3) if active[c][x]]
            shown = actions or ([0] if active[0][x] else [])
            wanted = [1 / len(shown) if c in shown else 0 for c in range(4)]
            np.testing.assert_allclose(target[x], wanted, atol=1e-6)

    @given(st.integers(0, 2**32 - 1))
    def test_background_is_zero_where_an_action_is(self, seed):
        rng = np.random.default_rng(seed)
        mass = rng.integers(0, 9, (E, E, 3)).astype(np.float32)
        target = target_map(mass, (W, W), "eq5", 4.0)
        action = target[..., 1:].sum(-1) > 0
        assert not target[action, 0].any()


class TestPurity:
    def test_shares_a_cell_by_what_lies_there(self):
        """Three frames of 1 and one of 2 over the same cells, one cell apart."""
        origins = [[0, 0]] * 3 + [[0, 1]]
        share = np.float32([[0, 1, 0]] * 3 + [[0, 0, 1]])
        target = target_map(class_mass(placed(origins), share), (W, W), "purity", 4.0)
        assert target[0, 0].tolist() == [0, 1, 0]
        assert target[0, 1].tolist() == [0, 0.75, 0.25]
        assert target[0, 3].tolist() == [0, 0, 1]

    def test_needs_no_tau(self):
        mass = class_mass(placed([[0, 0]]), np.float32([[0, 1]]))
        near = target_map(mass, (W, W), "purity", 0.0)
        np.testing.assert_array_equal(near, target_map(mass, (W, W), "purity", 99.0))
        assert (near[..., 1] > 0).sum() == W * W


@pytest.mark.parametrize("kind", ["eq5", "purity"])
@given(seed=st.integers(0, 2**32 - 1))
def test_each_cell_sums_to_one_or_nothing(kind, seed):
    """METHOD 11, 6; nothing only where no labelled frame lies."""
    rng = np.random.default_rng(seed)
    t = 60
    placement = placed(rng.integers(0, E, (t, 2)))
    labels = np.eye(4, dtype=bool)[rng.integers(0, 4, t)]
    labels[rng.random(t) < 0.2] = False  # ambiguous
    mass = class_mass(placement, frame_targets(labels))
    target = target_map(mass, (W, W), kind, 4.0)
    total = target.sum(-1)
    known = window_sum(mass, (W, W)).sum(-1) > 0
    assert target.min() >= 0
    np.testing.assert_allclose(total[total > 0], 1, atol=1e-6)
    assert not (total > 0)[~known].any()
    if kind == "purity":
        assert (total > 0)[known].all()
