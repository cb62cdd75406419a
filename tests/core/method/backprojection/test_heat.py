"""The map of the place: the class's score, weighted by where the frame is unusual."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.method.backprojection.frame_scores import maps_of
from dbs_core.method.backprojection.heat import heat_map, heat_maps, kinds_of
from dbs_core.records import VideoResult
from tests.core.make_result import make_result

FRAME, LABEL = 4, 2


@pytest.fixture
def result(rng) -> VideoResult:
    made = make_result()
    place = rng.integers(0, 256, (len(made.frames), 14, 14), np.uint8)
    return replace(made, unusual=place)


def slow(bare: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Each of 14 x 14 places: its four nearest cells by nearness, times the bytes."""
    heat = np.zeros((14, 14))
    for i, j in np.ndindex(14, 14):
        y, x = (np.clip((k + 0.5) / 2 - 0.5, 0, 6) for k in (i, j))
        total = sum(
            max(0, 1 - abs(y - r)) * max(0, 1 - abs(x - c)) * bare[r, c]
            for r, c in np.ndindex(7, 7)
        )
        heat[i, j] = total * place[i, j] / 255
    return heat


def test_it_is_the_score_times_how_unusual_the_place_is(result):
    bare = maps_of(result)[FRAME, :, :, LABEL]
    wanted = slow(bare, result.unusual[FRAME])
    np.testing.assert_allclose(heat_map(result, FRAME, LABEL), wanted, atol=1e-5)
    np.testing.assert_allclose(heat_maps(result, LABEL)[FRAME], wanted, atol=1e-5)
    assert kinds_of(result) == ("place", "score")


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
    np.testing.assert_allclose(found, maps_of(result)[..., LABEL] / 5, rtol=1e-5)
