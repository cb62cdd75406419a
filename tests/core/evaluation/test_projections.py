"""Eq. 6 beside Eq. 7, and Figure 3's numbers, against loops."""

from dataclasses import replace

import numpy as np
import pytest

from dbs_core.evaluation.projections import both_projections, sharpness
from tests.core.make_result import make_result


def slow_score(result, frame, places):
    """Mean over the window's assigned cells, weighed over places of the frame."""
    placement, grid = result.placement, result.grid
    total, weights = np.zeros(3), 0.0
    for k in range(places):
        row, column = (int(x) for x in placement.locations[frame, k])
        cells = [((row + i) % 16, (column + j) % 16) for i, j in np.ndindex(7, 7)]
        held = [cell for cell in cells if grid.mask[cell]] or cells
        mean = np.mean([grid.probability[cell] for cell in held], axis=0)
        weight = float(placement.weights[frame, k])
        total, weights = total + weight * mean, weights + weight
    return total / weights


@pytest.mark.parametrize("projection", ["argmax", "soft"])
def test_both_are_given_whatever_the_run_projects_by(projection):
    result = replace(make_result(), projection=projection)
    both = both_projections(result)
    gap = 0.0
    for t in range(len(result.frames)):
        hard, soft = slow_score(result, t, 1), slow_score(result, t, 2)
        np.testing.assert_allclose(both.hard.probability[t], hard, atol=1e-5)
        np.testing.assert_allclose(both.soft.probability[t], soft, atol=1e-5)
        gap = max(gap, np.abs(hard - soft).max())
    assert both.gap == pytest.approx(gap, abs=1e-5)
    assert gap > 0.01


def test_frames_are_counted_by_their_largest_posterior():
    found = sharpness(np.float32([0.02, 0.5, 0.52, 0.97, 0.99, 0.995, 1.0000001]))
    assert found.counts.sum() == 7
    wanted = {0: 1, 10: 2, 19: 4}  # bins of 0.05; float error above 1 is 1
    assert {i: int(n) for i, n in enumerate(found.counts) if n} == wanted
    assert found.middles[10] == pytest.approx(0.525)
    assert found.share == pytest.approx(2 / 7)


def test_no_frame_has_no_share():
    assert sharpness(np.zeros(0, np.float32)).share == 0
