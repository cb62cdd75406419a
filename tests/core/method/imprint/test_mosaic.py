"""The imprint as a picture."""

import numpy as np

from dbs_core.method.features.thumbnails import PATCH, thumbnail
from dbs_core.method.imprint.mosaic import EMPTY, mosaic
from dbs_core.records import Placement

SIDE = 7 * PATCH


def placed(origins, weights=None):
    t = len(origins)
    kept = np.ones((t, 1), np.float32) if weights is None else np.float32(weights)
    times = np.arange(t) * 0.2
    locations = np.array(origins, np.int16)[:, None]
    return Placement(locations, kept, (16, 16), (7, 7), times, t * 0.2)


def test_one_frame_is_seen_where_it_lies(rng):
    frame = rng.integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)
    picture = mosaic(frame, placed([(2, 5)]))
    assert picture.shape == (16 * PATCH, 16 * PATCH, 3)
    top, left = 2 * PATCH, 5 * PATCH
    np.testing.assert_array_equal(
        picture[top : top + SIDE, left : left + SIDE], frame[0]
    )
    assert np.all(picture[:top] == EMPTY)
    assert np.all(picture[:, left + SIDE :] == EMPTY)


def test_a_frame_over_the_border_wraps_around(rng):
    frame = rng.integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)
    picture = mosaic(frame, placed([(15, 15)]))
    np.testing.assert_array_equal(picture[-PATCH:, -PATCH:], frame[0, :PATCH, :PATCH])
    rest = SIDE - PATCH
    np.testing.assert_array_equal(picture[:rest, :rest], frame[0, PATCH:, PATCH:])


def test_frames_in_one_place_are_averaged():
    frames = np.stack([np.full((SIDE, SIDE, 3), v, np.uint8) for v in (10, 20, 61)])
    picture = mosaic(frames, placed([(0, 0), (0, 0), (0, 7)]))
    assert np.all(picture[:SIDE, :SIDE] == 15)
    assert np.all(picture[:SIDE, SIDE : 2 * SIDE] == 61)


def test_black_frames_are_black_and_not_empty():
    picture = mosaic(np.zeros((1, SIDE, SIDE, 3), np.uint8), placed([(0, 0)]))
    assert np.all(picture[:SIDE, :SIDE] == 0)


def test_thumbnail_keeps_mean_colours(rng):
    frame = rng.integers(0, 256, (224, 224, 3), np.uint8)
    small = thumbnail(frame, (7, 7))
    assert small.shape == (SIDE, SIDE, 3)
    np.testing.assert_allclose(small.mean((0, 1)), frame.mean((0, 1)), atol=1)
    assert thumbnail(frame, (7, 10)).shape == (SIDE, 10 * PATCH, 3)
