"""The mean arrangement of a split's imprints, and its line."""

from dbs_core.evaluation.arrangements import arrangement_line, mean_arrangement
from dbs_core.records import Arrangement


def test_the_mean_of_those_that_are_known():
    found = [
        Arrangement(0.25, 0.5, 0.25, 0.0),
        None,
        Arrangement(0.75, 1.0, 0.75, 0.5),
        Arrangement(None, 0.0, 0.5, 1.0),
    ]
    assert mean_arrangement(found) == Arrangement(0.5, 0.5, 0.5, 0.5)


def test_none_known():
    assert mean_arrangement([None]) is None
    assert "not measured" in arrangement_line(None)


def test_nothing_to_compare_is_a_dash_in_words():
    mean = mean_arrangement([Arrangement(None, 0.2, 1.0, 0.0)])
    assert mean is not None
    assert "side by side - (rank" in arrangement_line(mean)
