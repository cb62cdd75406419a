"""Calibrated scores: probabilities that keep the order within a class, ties too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.evaluation.protocols.rules import RULES
from dbs_core.records import Calibration, ClassList, Segments, VideoTruth

THREE = Calibration(8.0, np.array([-4.0, -2.5, -7.0]))


def segments(scores: list[float], labels: list[int]) -> Segments:
    spans = [[float(n), n + 0.5] for n in range(len(scores))]
    return Segments.of(spans, labels, scores)


def test_it_is_the_logistic_of_score_and_class():
    found = THREE(segments([0.5, 0.5, 0.5], [1, 2, 3]))
    wanted = [1 / (1 + np.exp(-(8 * 0.5 + o))) for o in (-4.0, -2.5, -7.0)]
    np.testing.assert_allclose(found.scores, wanted)
    np.testing.assert_array_equal(found.labels, [1, 2, 3])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([-0.3, 0.0, 0.2, 0.2001, 0.7, 1.0]), st.integers(1, 3)
        ),
        max_size=30,
    )
)
def test_the_order_in_a_class_stays_ties_too(pairs):
    before = segments([s for s, _ in pairs], [c for _, c in pairs])
    after = THREE(before)
    assert ((after.scores > 0) & (after.scores < 1)).all()
    for label in (1, 2, 3):
        one, other = (x.scores[x.labels == label] for x in (before, after))
        np.testing.assert_array_equal(
            np.sign(one[:, None] - one), np.sign(other[:, None] - other)
        )


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_no_class_s_ap_changes(rule):
    rng = np.random.default_rng(0)
    found, truth = {}, {}
    for number in range(12):
        starts = np.sort(rng.uniform(0, 60, 8))
        labels = rng.integers(1, 4, 8)
        spans = np.stack([starts, starts + rng.uniform(1, 4, 8)], axis=1)
        truth[f"v{number}"] = VideoTruth(Segments.of(spans, labels), np.zeros((0, 2)))
        moved = spans + rng.normal(0, 0.7, (8, 1))
        scores = rng.choice([0.1, 0.3, 0.35, 0.6, 0.9], 8)
        found[f"v{number}"] = Segments.of(moved, labels, scores).best_first()
    classes = ClassList(("a", "b", "c"), (1, 2, 3))
    again = {key: THREE(one).best_first() for key, one in found.items()}
    before, after = (
        rule.evaluate(each, truth, classes, tiou=rule.tiou).average_precision
        for each in (found, again)
    )
    assert 0.05 < np.nanmean(before) < 0.95
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("slope", [0.0, -1.0, float("nan"), float("inf")])
def test_a_slope_that_turns_the_order_is_refused(slope):
    with pytest.raises(ValueError, match="slope: wanted a positive one"):
        Calibration(slope, np.zeros(3))


def test_offsets_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="offsets: wanted finite"):
        Calibration(1.0, np.array([np.nan]))
