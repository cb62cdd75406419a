"""Maps as bytes: numbers of what is read of them, whichever way it is asked for."""

import mmap

import numpy as np
import pytest

from dbs_core.records import Features, PackedMaps, let_go, stretch


@pytest.fixture
def packed():
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 256, (70, 3, 2, 5), np.uint8)
    low, scale = rng.normal(size=(2, 5)).astype(np.float32)
    return PackedMaps(stored, low, scale)


def by_hand(packed, t, y, x, d):
    return np.float16(
        packed.low[d] + packed.scale[d] * np.float32(packed.stored[t, y, x, d])
    )


def test_each_number_is_low_and_so_many_steps(packed):
    maps = np.asarray(packed)
    assert (maps.dtype, maps.shape) == (np.float16, packed.shape)
    for at in np.ndindex(packed.shape):
        assert maps[at] == by_hand(packed, *at)


@pytest.mark.parametrize(
    "frames",
    [
        3,
        -1,
        slice(0, 0),
        slice(10, 60),
        slice(None, None, 7),
        [5, 5, 69],
        np.array([1]),
    ],
)
def test_some_frames_are_those_of_all(packed, frames):
    np.testing.assert_array_equal(packed[frames], np.asarray(packed)[frames])


def test_a_stretch_stays_bytes(packed):
    cut = stretch(packed, 10, 30)
    assert isinstance(cut, PackedMaps)
    assert np.shares_memory(cut.stored, packed.stored)
    np.testing.assert_array_equal(cut, np.asarray(packed)[10:30])


def test_they_are_features_as_others_are(packed):
    features = Features(packed, np.arange(70.0), 70.0)
    assert len(features) == 70
    assert "maps=PackedMaps(70)" in repr(features)
    with pytest.raises(ValueError, match="read-only"):
        packed.stored[0] = 0


def test_pages_that_were_read_are_let_go(packed, tmp_path):
    path = tmp_path / "maps"
    path.write_bytes(packed.stored.tobytes() + bytes(mmap.PAGESIZE))
    stored = np.memmap(path, np.uint8, "r", shape=packed.shape)
    mapped = PackedMaps(stored, packed.low, packed.scale)
    before = np.asarray(mapped)
    let_go(mapped)
    np.testing.assert_array_equal(mapped, before)
