"""Late fusion: two results to one, two runs to one, and what cannot be fused."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import frame_maps, maps_of
from dbs_core.method.fusion import averaged, fuse
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import Settings
from dbs_core.records import (
    FrameGeometry,
    FrameScores,
    Placement,
    Sharpened,
    VideoResult,
)
from dbs_core.runtime import store
from dbs_core.runtime.errors import InputError
from tests.core.make_result import make_result


def other(seed: int = 1) -> VideoResult:
    """The same video through another stream."""
    return make_result(seed=seed)


def cut(result: VideoResult, count: int, duration_s: float) -> VideoResult:
    """A stream that saw only the first frames."""

    def scores(of: FrameScores | None) -> FrameScores:
        assert of is not None
        return FrameScores(of.probability[:count], of.times_s[:count], duration_s)

    placement = result.placement
    return replace(
        result,
        frames=scores(result.frames),
        control=scores(result.control),
        trace=result.trace[:, :count],
        placement=Placement(
            placement.locations[:count],
            placement.weights[:count],
            placement.grid,
            placement.window,
            placement.times_s[:count],
            duration_s,
        ),
    )


def headed(result: VideoResult, reach_s: float) -> VideoResult:
    """The same with a temporal head, every frame reaching equally far."""
    reach = np.full((len(result.frames), 2), reach_s, np.float32)
    return replace(
        result,
        reach_s=reach,
        projected=result.control,
        control_head=Sharpened(result.control, reach),
    )


class TestFuse:
    @pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 1.0])
    def test_scores_and_maps_are_the_weighted_mean(self, weight):
        """Against a loop over every frame, cell and class."""
        first, second = make_result(), other()
        found = fuse(first, second, Settings(), weight)
        maps = [frame_maps(r.grid, r.placement) for r in (first, second)]
        assert found.maps.shape == (10, 7, 7, 3)
        for t in range(10):
            for c in range(3):
                for name in ("frames", "control"):
                    one, two = (getattr(r, name).probability for r in (first, second))
                    wanted = weight * one[t, c] + (1 - weight) * two[t, c]
                    got = getattr(found, name).probability[t, c]
                    assert got == pytest.approx(wanted, abs=1e-6)
                for i, j in np.ndindex(7, 7):
                    wanted = weight * maps[0][t, i, j, c]
                    wanted += (1 - weight) * maps[1][t, i, j, c]
                    assert found.maps[t, i, j, c] == pytest.approx(wanted, abs=1e-3)

    def test_three_are_averaged_by_their_weights(self):
        results, weights = [make_result(seed=n) for n in range(3)], (0.5, 0.2, 0.3)
        found = averaged(results, weights, Settings())
        for what in (
            lambda r: r.frames.probability,
            lambda r: r.control.probability,
            maps_of,
        ):
            wanted = sum(
                w * what(r).astype(float) for w, r in zip(weights, results, strict=True)
            )
            np.testing.assert_allclose(what(found), wanted, atol=1e-3)
        assert found.share == 0.5

    def test_of_a_mean_fused_the_imprint_has_its_share_of_the_share(self):
        members = averaged([make_result(), other()], (0.5, 0.5), Settings())
        assert fuse(members, other(2), Settings(), 0.6).share == pytest.approx(0.3)

    def test_scores_stay_probabilities(self):
        found = fuse(make_result(), other(), Settings(), 0.3)
        np.testing.assert_allclose(found.frames.probability.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(found.maps.sum(axis=-1), 1, atol=5e-3)

    def test_actions_are_found_in_the_mean_not_in_either(self):
        found = fuse(make_result(), other(), Settings())
        proposals, candidates = localise(found.frames, Settings())
        np.testing.assert_array_equal(found.proposals.spans_s, proposals.spans_s)
        np.testing.assert_array_equal(
            found.candidates.segments.scores, candidates.segments.scores
        )

    def test_fused_with_itself_nothing_changes(self):
        first = make_result()
        found = fuse(first, first, Settings(), 0.3)
        np.testing.assert_allclose(
            found.frames.probability, first.frames.probability, atol=1e-6
        )
        assert found.info == first.info

    def test_weights_and_order_mirror_each_other(self):
        one = fuse(make_result(), other(), Settings(), 0.3)
        two = fuse(other(), make_result(), Settings(), 0.7)
        np.testing.assert_allclose(
            one.frames.probability, two.frames.probability, atol=1e-6
        )
        np.testing.assert_array_equal(one.maps, two.maps)

    def test_where_no_weight_is_named_the_first_has_seven_tenths(self):
        first, second = make_result(), other()
        found = fuse(first, second, Settings()).frames.probability
        wanted = 0.7 * first.frames.probability + 0.3 * second.frames.probability
        np.testing.assert_allclose(found, wanted, atol=1e-6)

    def test_the_imprint_is_the_first_streams(self):
        first = make_result()
        found = fuse(first, other(), Settings())
        np.testing.assert_array_equal(found.mosaic, first.mosaic)
        np.testing.assert_array_equal(found.grid.probability, first.grid.probability)
        np.testing.assert_array_equal(
            found.placement.locations, first.placement.locations
        )

    @pytest.mark.parametrize("swapped", [False, True])
    def test_the_longer_is_cut_to_the_shorter_and_it_is_said(self, swapped):
        both = [make_result(), cut(other(), 7, 1.4)]
        if swapped:
            both.reverse()
        found = fuse(*both, Settings())
        assert len(found.frames) == len(found.placement) == len(found.maps) == 7
        assert found.trace.shape[1] == 7
        assert found.frames.duration_s == pytest.approx(1.4)
        longer = "second" if swapped else "first"
        assert found.info.problems[-1] == (
            f"the {longer} stream has 10 samples, cut to 7"
        )

    def test_a_stream_without_control_gives_none(self):
        without = replace(other(), control=None)
        assert fuse(make_result(), without, Settings()).control is None

    def test_heads_of_both_are_averaged_and_say_where_actions_end(self):
        first, second = headed(make_result(), 0.5), headed(other(), 1.5)
        found = fuse(first, second, Settings(), 0.25)
        np.testing.assert_allclose(found.reach_s, 0.25 * 0.5 + 0.75 * 1.5)
        np.testing.assert_allclose(found.control_head.reach_s, found.reach_s)
        wanted = 0.25 * first.projected.probability
        wanted = wanted + 0.75 * second.projected.probability
        np.testing.assert_allclose(found.projected.probability, wanted, atol=1e-6)
        _, candidates = localise(found.frames, Settings(), found.reach_s)
        np.testing.assert_array_equal(
            found.candidates.segments.spans_s, candidates.segments.spans_s
        )

    def test_heads_of_two_kinds_have_no_say_in_borders(self):
        first, second = headed(make_result(), 0.5), headed(other(), 1.5)
        count, channels = second.frames.probability.shape
        each = np.ones((count, channels - 1, 3), np.float32)
        found = fuse(first, replace(second, reach_s=each), Settings())
        assert found.reach_s is None

    @pytest.mark.parametrize("swapped", [False, True])
    def test_a_head_in_one_stream_only_has_no_say_in_borders(self, swapped):
        both = [headed(make_result(), 0.5), other()]
        if swapped:
            both.reverse()
        found = fuse(*both, Settings())
        assert found.reach_s is None
        assert found.projected is None
        assert found.control_head is None

    def test_survives_its_file(self, tmp_path):
        found = fuse(make_result(), other(), Settings())
        store.write_record(tmp_path / "v.npz", found)
        back = store.read_record(tmp_path / "v.npz", VideoResult)
        np.testing.assert_array_equal(back.maps, found.maps)
        np.testing.assert_array_equal(maps_of(back), found.maps.astype(np.float32))

    def test_maps_of_an_ordinary_result_are_those_on_its_grid(self):
        soft = replace(make_result(), projection="soft")
        np.testing.assert_array_equal(
            maps_of(soft), frame_maps(soft.grid, soft.placement, "soft")
        )

    def test_each_stream_s_maps_are_projected_as_its_scores_were(self):
        first, second = make_result(), replace(other(), projection="soft")
        found = fuse(first, second, Settings(), 0.25)
        wanted = 0.25 * frame_maps(first.grid, first.placement)
        wanted += 0.75 * frame_maps(second.grid, second.placement, "soft")
        np.testing.assert_allclose(found.maps, wanted, atol=1e-3)

    def test_other_geometry_is_refused(self):
        wide = replace(other(), geometry=FrameGeometry(0.0, 0.0, 1.0, 1.0))
        says = r"v: streams of other geometry.*got .*x1=1, y1=1\)"
        with pytest.raises(InputError, match=says):
            fuse(make_result(), wide, Settings())

    def test_other_sizes_of_maps_are_refused(self):
        small = replace(other(), placement=replace(other().placement, window=(5, 5)))
        with pytest.raises(InputError, match=r"wanted \(7, 7\), got \(5, 5\)"):
            fuse(make_result(), small, Settings())

    def test_other_times_are_refused(self):
        late = other()
        times = late.frames.times_s + 0.05
        late = replace(
            late,
            frames=FrameScores(late.frames.probability, times, 2.0),
        )
        with pytest.raises(InputError, match=r"got 0\.050 s apart"):
            fuse(make_result(), late, Settings())

    def test_other_classes_are_refused(self):
        frames = other().frames
        fewer = FrameScores(frames.probability[:, :2], frames.times_s, 2.0)
        with pytest.raises(InputError, match="other classes, wanted 3, got 2"):
            fuse(make_result(), replace(other(), frames=fewer), Settings())
