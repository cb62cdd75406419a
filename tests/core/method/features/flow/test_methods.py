"""Optical flow: textures moved by a known amount, and methods that are not there."""

import types

import cv2
import numpy as np
import pytest

from dbs_core.method.features.flow import estimator
from dbs_core.runtime.errors import InputError
from tests.core.method.features.flow.textures import moved, texture

MIDDLE = np.s_[40:-40, 40:-40]


@pytest.mark.parametrize("method", ["dis", "farneback"])
@pytest.mark.parametrize("motion", [(0, 0), (3.0, 0), (0, -2.0), (-4.5, 2.5)])
def test_finds_how_far_a_texture_moved(method, motion):
    """Right is positive x, down is positive y."""
    levels = texture()
    flow = estimator(method)(moved(levels, 10, 10), moved(levels, *np.add(10, motion)))
    assert flow.shape == (256, 340, 2)
    assert flow.dtype == np.float32
    error = np.linalg.norm(flow[MIDDLE] - np.float32(motion), axis=-1)
    assert np.median(error) < 0.15


def test_two_calls_give_the_same():
    first, second = moved(texture(), 0, 0), moved(texture(), 2, 1)
    estimate = estimator("dis")
    np.testing.assert_array_equal(
        estimate(first, second), estimator("dis")(first, second)
    )
    np.testing.assert_array_equal(estimate(first, second), estimate(first, second))


def test_a_picture_without_anything_to_follow_stands_still():
    flat = np.full((256, 340), 90, np.uint8)
    for method in ("dis", "farneback"):
        assert np.abs(estimator(method)(flat, flat)).max() < 1e-3


def test_tvl1_without_the_contrib_modules_says_how_to_get_it(monkeypatch):
    monkeypatch.delattr(cv2, "optflow", raising=False)
    with pytest.raises(InputError, match=r"TV-L1 .*contrib.*--flow-method dis"):
        estimator("tvl1")


def test_tvl1_is_asked_where_it_is_there(monkeypatch):
    """As the contrib package has it: cv2.optflow, made without options."""
    asked = []

    class Dual:
        def calc(self, first, second, flow):
            asked.append((first, second, flow))
            return np.zeros((*first.shape, 2), np.float32)

    contrib = types.SimpleNamespace(DualTVL1OpticalFlow_create=Dual)
    monkeypatch.setattr(cv2, "optflow", contrib, raising=False)
    first, second = np.zeros((4, 6), np.uint8), np.ones((4, 6), np.uint8)
    assert estimator("tvl1")(first, second).shape == (4, 6, 2)
    assert asked[0][0] is first
    assert asked[0][1] is second


def test_another_method_is_named():
    with pytest.raises(InputError, match="got 'raft'"):
        estimator("raft")
