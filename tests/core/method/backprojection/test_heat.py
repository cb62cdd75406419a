"""The map of the place: the class's score, weighted by where the class is."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.backprojection.heat import (
    heat_map,
    heat_maps,
    kinds_of,
    placed,
)
from dbs_core.records import VideoResult
from tests.core.make_result import make_result

FRAME, LABEL = 4, 2


@pytest.fixture
def result(rng) -> VideoResult:
    made = make_result()
    place = rng.integers(0, 256, (len(made.frames), 14, 14), np.uint8)
    return replace(made, unusual=place)


def spread_out(bare: np.ndarray) -> np.ndarray:
    """Each of 14 x 14 places: its four nearest cells by nearness."""
    out = np.zeros((14, 14))
    for i, j in np.ndindex(14, 14):
        y, x = (np.clip((k + 0.5) / 2 - 0.5, 0, 6) for k in (i, j))
        out[i, j] = sum(
            max(0, 1 - abs(y - r)) * max(0, 1 - abs(x - c)) * bare[r, c]
            for r, c in np.ndindex(7, 7)
        )
    return out


def slow(result: VideoResult, label: int, frame: int) -> np.ndarray:
    """The frame's scores, times where the class is in the moments around."""
    bare, times = maps_of(result)[..., label], result.placement.times_s
    place = np.zeros((14, 14))
    for other, time in enumerate(times):
        apart = (time - times[frame]) / 0.8
        if abs(apart) <= 3:
            weight = np.exp(-(apart**2) / 2)
            place += weight * spread_out(bare[other]) * result.unusual[other]
    return spread_out(bare[frame]) * place / place.max()


@pytest.mark.parametrize("frame", [0, FRAME, -1])
def test_it_is_the_score_where_the_class_is_and_the_frame_unusual(result, frame):
    frame = range(len(result.frames))[frame]
    wanted = slow(result, LABEL, frame)
    np.testing.assert_allclose(heat_map(result, frame, LABEL), wanted, atol=1e-5)
    np.testing.assert_allclose(heat_maps(result, LABEL)[frame], wanted, atol=1e-5)
    assert kinds_of(result) == ("place", "score")


def test_a_flash_elsewhere_does_not_move_the_peak(rng):
    """One frame's loudest place is noise where its neighbours all see another."""
    made = make_result()
    place = np.full((len(made.frames), 14, 14), 20, np.uint8)
    place[:, 9, 4] = 200
    place[FRAME, 2, 11], place[FRAME, 9, 4] = 255, 120
    even = np.ones((len(made.frames), 7, 7, 3), np.float16)
    heat = heat_map(replace(made, unusual=place, maps=even), FRAME, LABEL)
    assert np.unravel_index(heat.argmax(), heat.shape) == (9, 4)
    assert heat.max() == 1


def test_one_frame_alone_and_none(result):
    bare = np.random.default_rng(3).random((1, 7, 7), np.float32)
    one = placed(bare, result.unusual[:1], np.array([0.0]))
    alone = spread_out(bare[0]) * result.unusual[0]
    scale = spread_out(bare[0]) / alone.max()
    np.testing.assert_allclose(one[0], scale * alone, atol=1e-5)
    assert placed(bare[:0], result.unusual[:0], np.array([])).shape == (0, 14, 14)


def test_a_class_without_score_has_a_cold_map(result):
    silent = replace(result, maps=np.zeros((*maps_of(result).shape[:3], 3), np.float16))
    assert not heat_maps(silent, LABEL).any()


def test_the_bare_score_is_eq_7_s(result):
    bare = maps_of(result)[..., LABEL]
    np.testing.assert_array_equal(heat_maps(result, LABEL, "score"), bare)
    np.testing.assert_array_equal(heat_map(result, 0, LABEL, "score"), bare[0])


def test_an_earlier_result_has_the_bare_score_alone(result):
    old = replace(result, unusual=None)
    assert kinds_of(old) == ("score",)
    np.testing.assert_array_equal(heat_maps(old, LABEL), maps_of(old)[..., LABEL])


def test_a_coarse_place_keeps_the_cells(result):
    coarse = np.full((len(result.frames), 7, 7), 51, np.uint8)
    found = heat_maps(replace(result, unusual=coarse), LABEL)
    assert found.shape == maps_of(result)[..., LABEL].shape
    assert (
        found.max(axis=(1, 2)) <= maps_of(result)[..., LABEL].max(axis=(1, 2))
    ).all()
