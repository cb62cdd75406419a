"""Average precision of many and of long lists: each as a plain loop counts it."""

import numpy as np
import pytest

from dbs_core.evaluation.protocols.precision import average_precision


def counted(true, false, positives, interpolation, expected):
    """Go through one list place by place."""
    if not positives:
        return np.nan
    hits = alarms = 0.0
    points = []
    for right, wrong in zip(true, false, strict=True):
        hits, alarms = hits + right, alarms + wrong
        value = hits if expected is None else hits / positives * expected
        precision = value / (value + alarms) if value + alarms else 0.0
        points.append((right, hits / positives, precision))
    if interpolation == "11-point":
        best = [
            max((p for _, recall, p in points if recall >= step / 10), default=0.0)
            for step in range(11)
        ]
        return sum(best) / 11
    if interpolation == "envelope":
        highest = 0.0
        for i in range(len(points) - 1, -1, -1):
            highest = max(highest, points[i][2])
            points[i] = (points[i][0], 0.0, highest)
    return sum(right * precision for right, _, precision in points) / positives


@pytest.mark.parametrize("at_once", [1, 60, 1 << 15])
@pytest.mark.parametrize("interpolation", ["none", "11-point", "envelope"])
@pytest.mark.parametrize("expected", [None, 7.5])
def test_it_is_that_of_a_loop(at_once, interpolation, expected, monkeypatch):
    """However many rows are worked on together, and whatever lies how in memory."""
    monkeypatch.setattr("dbs_core.evaluation.protocols.precision._AT_ONCE", at_once)
    rng = np.random.default_rng(2)
    true = rng.integers(0, 3, (9, 40)) * (rng.random((9, 40)) < 0.4)
    false = rng.integers(0, 3, (9, 40)) * (true == 0)
    true, false = true.astype(float), false.astype(float)
    true[3], false[4] = 0, 0
    positives = true.sum(axis=1) + rng.integers(0, 4, 9)
    positives[3] = 0
    found = average_precision(true, false, positives, interpolation, expected)
    lists = zip(true, false, positives, strict=True)
    wanted = [counted(*one, interpolation, expected) for one in lists]
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    turned = average_precision(
        np.asfortranarray(true),
        np.asfortranarray(false),
        positives,
        interpolation,
        expected,
    )
    np.testing.assert_array_equal(found, turned)


def test_no_list_and_no_place():
    nothing = np.zeros((0, 5))
    assert average_precision(nothing, nothing, np.zeros(0), "none").shape == (0,)
    empty = np.zeros((2, 0))
    found = average_precision(empty, empty, np.array([3.0, 0.0]), "envelope")
    assert found[0] == 0
    assert np.isnan(found[1])
