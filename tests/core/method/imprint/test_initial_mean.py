"""Starts of the EM: what lies on each cell before the first E step."""

from typing import get_args

import numpy as np
import pytest
import torch

from dbs_core.method.imprint.initial_mean import initial_mean, start_frames
from dbs_core.method.imprint.settings import Start
from dbs_core.runtime.threads import fixed_threads


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def numbered(t, h=7, w=7):
    """Frames whose cells hold (frame, row, column)."""
    frame, row, column = np.indices((t, h, w))
    return torch.from_numpy(np.stack([frame, row, column], -1).astype("f4"))


def tiles(mean, side):
    """Cut a grid into square tiles: [rows of tiles, columns, side, side, d]."""
    count = len(mean) // side
    return mean.reshape(count, side, count, side, -1).transpose(1, 2)


class TestFrames:
    @pytest.mark.parametrize("start", ["tiled", "snake", "sorted"])
    def test_each_tile_is_one_whole_frame(self, start):
        found = tiles(initial_mean(numbered(100), 28, start, generator()), 7)
        whole = numbered(100)
        for row in found:
            for tile in row:
                frame = int(tile[0, 0, 0])
                torch.testing.assert_close(tile, whole[frame])

    @pytest.mark.parametrize("start", ["tiled", "snake", "sorted"])
    def test_frames_are_evenly_spaced_and_come_once(self, start):
        found = tiles(initial_mean(numbered(151), 28, start, generator()), 7)
        frames = sorted(found[:, :, 0, 0, 0].flatten().tolist())
        assert frames == list(range(0, 151, 10))

    def test_snake_neighbours_in_time_are_neighbours_on_the_grid(self):
        found = tiles(initial_mean(numbered(16), 28, "snake", generator()), 7)
        order = found[:, :, 0, 0, 0].long()
        assert order.tolist() == [
            [0, 1, 2, 3],
            [7, 6, 5, 4],
            [8, 9, 10, 11],
            [15, 14, 13, 12],
        ]

    def test_tiled_order_is_random_by_the_generator(self):
        first, again, other = (
            initial_mean(numbered(16), 28, "tiled", generator(s)) for s in (1, 1, 2)
        )
        assert torch.equal(first, again)
        assert not torch.equal(first, other)

    @pytest.mark.parametrize("window", [(7, 7), (7, 10)])
    @pytest.mark.parametrize("grid", range(16, 65, 3))
    def test_tiles_of_any_grid_are_full_or_cut_at_their_end(self, grid, window):
        """Every tile shows the upper left part of its frame, at least half of it."""
        mean = initial_mean(numbered(200, *window), grid, "snake", generator())
        for axis, size in ((0, window[0]), (1, window[1])):
            line = mean[:, 0, 1] if axis == 0 else mean[0, :, 2]
            starts = np.flatnonzero(line.numpy() == 0)
            lengths = np.diff(np.append(starts, grid))
            assert lengths.sum() == grid
            assert size / 2 <= lengths.min() <= lengths.max() <= size
            assert np.ptp(lengths) <= 1

    @pytest.mark.parametrize("start", get_args(Start))
    @pytest.mark.parametrize("t", [1, 2])
    def test_very_short_videos(self, start, t):
        mean = initial_mean(numbered(t), 16, start, generator())
        assert mean.shape == (16, 16, 3)
        assert torch.isfinite(mean).all()

    @pytest.mark.parametrize("start", get_args(Start))
    @pytest.mark.parametrize("t", [1, 40, 3000])
    def test_pooled_frames(self, start, t):
        """A cell each; of few the rest is blended, all within what there is."""
        mean = initial_mean(numbered(t, 1, 1), 24, start, generator())
        assert mean.shape == (24, 24, 3)
        assert 0 <= mean[..., 0].min() <= mean[..., 0].max() <= t - 1

    @pytest.mark.parametrize("start", ["tiled", "snake", "sorted", "overlapping"])
    @pytest.mark.parametrize("t", [90, 500])
    def test_the_chosen_frames_alone_are_enough(self, start, t):
        """So that of a long video no more need be read."""
        maps = numbered(t)
        some = maps[start_frames(t, (7, 7), 30, start)]
        torch.testing.assert_close(
            initial_mean(some, 30, start, generator()),
            initial_mean(maps, 30, start, generator()),
        )


class TestSorted:
    def test_scenes_that_come_back_lie_together(self):
        """Two scenes by turns: on the torus each tile has a neighbour of its own."""
        maps = torch.zeros(16, 7, 7, 2)
        maps[::2, ..., 0] = maps[1::2, ..., 1] = 1
        found = tiles(initial_mean(maps, 28, "sorted", generator()), 7)
        scene = found[:, :, 0, 0, 0].numpy()
        same = [(scene == np.roll(scene, 1, axis)).mean() for axis in (0, 1)]
        assert sorted(same) == [0.5, 1.0]  # two stripes of half the torus

    def test_where_windows_overlap_lies_their_mean(self):
        """Seven rows every four cells: rows 0 and 4 meet, 1 and 5, 2 and 6, 3 none."""
        mean = initial_mean(numbered(144), 48, "overlapping", generator()).numpy()
        met = np.resize([2, 3, 4, 3], 48)
        np.testing.assert_allclose(mean[..., 1], np.tile(met[:, None], 48))
        np.testing.assert_allclose(mean[..., 2], np.tile(met, (48, 1)))
        alone = mean[3::4, 3::4, 0]  # a cell that only one window holds
        np.testing.assert_allclose(np.sort(alone, None), np.arange(144), atol=1e-4)

    @pytest.mark.parametrize("start", ["sorted", "overlapping"])
    def test_the_same_bytes_on_any_number_of_threads(self, rng, start):
        maps = torch.from_numpy(rng.normal(size=(300, 7, 7, 16)).astype("f4"))
        found = []
        for threads in (1, 2, 4):
            with fixed_threads(threads):
                found.append(initial_mean(maps, 48, start, generator()))
        assert found[0].numpy().tobytes() == found[1].numpy().tobytes()
        assert found[0].numpy().tobytes() == found[2].numpy().tobytes()

    def test_the_same_frame_everywhere_is_that_frame_averaged_with_itself(self):
        mean = initial_mean(torch.ones(5, 7, 7, 3), 45, "overlapping", generator())
        torch.testing.assert_close(mean, torch.ones(45, 45, 3))


class TestNoise:
    def test_is_the_mean_of_each_channel_and_a_hundredth_of_its_deviation(self, rng):
        scale = np.array([1.0, 10.0, 0.1])
        maps = torch.from_numpy(rng.normal(5, scale, (50, 7, 7, 3)).astype("f4"))
        mean = initial_mean(maps, 48, "noise", generator()).reshape(-1, 3).numpy()
        flat = maps.reshape(-1, 3).numpy()
        np.testing.assert_allclose(mean.mean(0), flat.mean(0), atol=0.003 * scale.max())
        np.testing.assert_allclose(mean.std(0), 0.01 * flat.std(0), rtol=0.1)
