"""Differences of methods over several trainings, on the same draws of videos."""

import numpy as np
import pytest

from dbs_core.evaluation.protocols.bootstrap import differences
from dbs_core.evaluation.protocols.draws import whole_and_draws
from dbs_core.evaluation.protocols.over_seeds import paired_differences
from dbs_core.evaluation.protocols.thumos import match
from dbs_core.records import ClassList, Segments, VideoTruth

CLASSES = ClassList(("Running",), (1,))
TIOU = (0.3, 0.5)


def spans(times, scores):
    labels = np.ones(len(times), np.int64)
    return Segments(np.array(times, float).reshape(-1, 2), labels, np.array(scores))


def marked(right):
    """Eight videos of one truth; what is found is right in some, wrong in the rest."""
    truth = {
        f"v{n}": VideoTruth(spans([(1, 2)], [1.0]), np.empty((0, 2))) for n in range(8)
    }
    found = {
        name: spans([(1, 2) if n in right else (5, 6)], [0.9 - n / 100])
        for n, name in enumerate(truth)
    }
    return match(found, truth, tiou=TIOU)


def paired(first, second, **kept):
    generator = np.random.default_rng(0)
    return paired_differences(
        first, second, CLASSES, interpolation="none", generator=generator, **kept
    ).mean


def test_one_training_each_is_the_plain_paired_difference():
    one, other = marked({0, 1, 2}), marked({0, 4})
    videos = len({*one.videos, *other.videos})
    counts = whole_and_draws(videos, 1000, np.random.default_rng(0))
    plain = differences(one, other, CLASSES, counts, interpolation="none").mean
    found = paired([one], [other])
    for name in ("estimate", "low", "high"):
        assert np.array_equal(getattr(found, name), getattr(plain, name)), name


def test_several_trainings_count_by_their_mean():
    better, worse, other = marked(range(8)), marked(()), marked({0, 1})
    found = paired([better, worse], [other])
    mean = (
        paired([better], [other]).estimate[1] + paired([worse], [other]).estimate[1]
    ) / 2
    assert found.estimate[1] == pytest.approx(mean)


def test_the_same_on_both_sides_is_nought_in_every_draw():
    one = marked({0, 3})
    found = paired([one, one], [one])
    assert not found.estimate.any()
    assert not found.low.any()
    assert not found.high.any()


def test_other_thresholds_are_refused():
    with pytest.raises(ValueError, match="tiou"):
        paired([marked({0})], [marked({0}).at_one(0.5)])
