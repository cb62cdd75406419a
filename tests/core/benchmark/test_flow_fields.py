"""Flow of pictures in memory: the same as pair by pair."""

import numpy as np

from dbs_core.benchmark.flow_fields import flows_between
from dbs_core.method.features.flow import estimator
from dbs_core.method.features.flow.stacks import quantised
from tests.core.method.features.flow.textures import moved, texture


def test_each_neighbour_by_itself():
    greys = np.stack([moved(texture(), x, 0) for x in (0, 2, 5, 5)])
    found = flows_between(greys)
    assert found.shape == (3, 256, 340, 2)
    for i in range(3):
        wanted = quantised(estimator("dis")(greys[i], greys[i + 1]))
        np.testing.assert_array_equal(found[i], wanted)
    rightward = np.median(found[..., 0], axis=(1, 2))
    np.testing.assert_allclose(rightward, [140, 147, 128], atol=1)


def test_one_picture_has_no_neighbour():
    assert flows_between(np.zeros((1, 256, 340), np.uint8)).shape == (0, 256, 340, 2)
