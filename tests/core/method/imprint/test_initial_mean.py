"""Starts of the EM: what lies on each cell before the first E step."""

import numpy as np
import pytest
import torch

from dbs_core.method.imprint.initial_mean import initial_mean


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
    @pytest.mark.parametrize("start", ["tiled", "snake"])
    def test_each_tile_is_one_whole_frame(self, start):
        found = tiles(initial_mean(numbered(100), 28, start, generator()), 7)
        whole = numbered(100)
        for row in found:
            for tile in row:
                frame = int(tile[0, 0, 0])
                torch.testing.assert_close(tile, whole[frame])

    @pytest.mark.parametrize("start", ["tiled", "snake"])
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

    @pytest.mark.parametrize("start", ["tiled", "snake", "noise"])
    @pytest.mark.parametrize("t", [1, 2])
    def test_very_short_videos(self, start, t):
        mean = initial_mean(numbered(t), 16, start, generator())
        assert mean.shape == (16, 16, 3)
        assert torch.isfinite(mean).all()


class TestNoise:
    def test_is_the_mean_of_each_channel_and_a_hundredth_of_its_deviation(self, rng):
        scale = np.array([1.0, 10.0, 0.1])
        maps = torch.from_numpy(rng.normal(5, scale, (50, 7, 7, 3)).astype("f4"))
        mean = initial_mean(maps, 48, "noise", generator()).reshape(-1, 3).numpy()
        flat = maps.reshape(-1, 3).numpy()
        np.testing.assert_allclose(mean.mean(0), flat.mean(0), atol=0.003 * scale.max())
        np.testing.assert_allclose(mean.std(0), 0.01 * flat.std(0), rtol=0.1)
