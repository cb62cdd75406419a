"""A picture as differences: what they are by a slow loop, and the picture again."""

import numpy as np
import pytest

from dbs_core.runtime.differences import differences, is_picture, summed


def slowly(picture: np.ndarray) -> np.ndarray:
    """Take each pixel less its neighbours above and to the left, one by one."""
    height, width, _ = picture.shape
    found = np.zeros((3, height, width), int)
    red, green, blue = np.moveaxis(picture.astype(int), 2, 0)
    for plane, values in enumerate((red - green, green, blue - green)):
        for r in range(height):
            for c in range(width):
                above = values[r - 1, c] if r else 0
                left = values[r, c - 1] if c else 0
                corner = values[r - 1, c - 1] if r and c else 0
                found[plane, r, c] = values[r, c] - above - left + corner
    return found % 256


@pytest.mark.parametrize("shape", [(7, 5, 3), (1, 4, 3), (6, 1, 3), (0, 0, 3)])
def test_differences_and_back(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    picture = rng.integers(0, 256, shape).astype(np.uint8)
    before = picture.copy()
    found = differences(picture)
    np.testing.assert_array_equal(found, slowly(picture))
    np.testing.assert_array_equal(picture, before)
    np.testing.assert_array_equal(summed(found), picture)


def test_what_is_no_picture() -> None:
    assert not is_picture(np.zeros((4, 4, 3), np.float32))
    assert not is_picture(np.zeros((4, 4), np.uint8))
    for wrong in (np.zeros((3, 4), np.uint8), np.zeros((3, 4, 4), np.float32)):
        with pytest.raises(ValueError, match="no picture's differences"):
            summed(wrong)
