"""Where frames are unusual: by slow sums, in batches of any size, on a moving spot."""

import numpy as np
import pytest

from dbs_core.method.features.unusual import Deviations, as_bytes, spread, unusual
from dbs_core.records import Features


def slow(maps: np.ndarray, around: int) -> np.ndarray:
    """The definition, one sample at a time."""
    far = []
    for i, one in enumerate(maps):
        near = maps[max(0, i - around) : i + around + 1].mean(axis=0)
        far.append(np.linalg.norm(one - near, axis=-1))
    return np.array(far)


@pytest.mark.parametrize("batch", [1, 3, 8, 40])
def test_samples_may_come_in_batches_of_any_size(rng, batch):
    maps = rng.random((31, 4, 4, 5)).astype(np.float32)
    far = Deviations(around=4)
    found = [far.add(maps[i : i + batch]) for i in range(0, len(maps), batch)]
    found.append(far.rest())
    np.testing.assert_allclose(np.concatenate(found), slow(maps, 4), atol=1e-5)


def test_nothing_in_nothing_out():
    far = Deviations()
    assert len(far.rest()) == 0


def test_frames_are_scaled_one_by_one_and_even_ones_prefer_no_place():
    maps = np.array([[[1.0, 3.0]], [[2.0, 2.0]]])
    assert as_bytes(maps).tolist() == [[[0, 255]], [[255, 255]]]


def test_values_change_evenly_between_the_middles_of_cells():
    found = spread(np.float32([[[0, 4]]]), (1, 4))
    np.testing.assert_allclose(found, [[[0, 1, 3, 4]]])


def moving(side: int, t: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A bright still corner, and a spot that is somewhere else in each sample."""
    maps = np.full((t, side, side, 3), 0.2, np.float32)
    maps[:, :2, :2] = 6.0
    at = np.random.default_rng(3).integers(2, side, (t, 2))
    maps[np.arange(t), at[:, 0], at[:, 1]] = 1.0
    return maps, at


def features_of(maps: np.ndarray) -> Features:
    times_s = np.arange(len(maps)) / 5
    return Features(maps, times_s, len(maps) / 5)


def test_the_spot_that_moves_is_unusual_the_bright_corner_is_not():
    maps, at = moving(7)
    found = unusual(features_of(maps), None)
    assert found is not None
    assert found.shape == (40, 7, 7)
    assert (found[np.arange(40), at[:, 0], at[:, 1]] == 255).all()
    assert found[:, :2, :2].max() < 10


def test_a_finer_map_places_it_within_the_cell():
    maps, at = moving(7)
    fine = np.full((40, 14, 14), 40, np.uint8)
    fine[np.arange(40), 2 * at[:, 0] + 1, 2 * at[:, 1]] = 255
    found = unusual(features_of(maps), fine)
    assert found is not None
    assert found.shape == (40, 14, 14)
    assert (found[np.arange(40), 2 * at[:, 0] + 1, 2 * at[:, 1]] == 255).all()


def test_features_of_one_cell_a_frame_say_nothing():
    assert unusual(features_of(np.ones((4, 1, 1, 3), np.float32)), None) is None
