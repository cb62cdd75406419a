"""Bootstrap over videos: weights are copies, intervals cover, differences cancel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.evaluation.protocols.bootstrap import (
    differences,
    map_interval,
    resampled_map,
)
from dbs_core.evaluation.protocols.draws import draw_videos, whole_and_draws
from dbs_core.evaluation.protocols.report import report
from dbs_core.records import VideoTruth
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs

TIOU = (0.3, 0.5)
KINDS = [(thumos, "none"), (thumos, "11-point"), (activitynet, "envelope")]


def mark(protocol, run):
    return protocol.match(*run, tiou=TIOU)


@pytest.mark.parametrize(("protocol", "kind"), KINDS)
@given(run=runs())
def test_every_video_once_is_the_figure_itself(protocol, kind, run):
    marks = mark(protocol, run)
    options = {} if kind == "envelope" else {"interpolation": kind}
    report = protocol.evaluate(*run, CLASSES, tiou=TIOU, **options)
    once = resampled_map(marks, CLASSES, np.ones((1, len(marks.videos))), kind)
    np.testing.assert_allclose(once[:, 0], report.mean)


@given(run=runs(), data=st.data())
def test_leaving_videos_out_is_a_weight_of_zero(run, data):
    found, truth = run
    marks = mark(thumos, run)
    kept = [data.draw(st.booleans()) for _ in marks.videos]
    names = {v for v, k in zip(marks.videos, kept, strict=True) if k}
    counts = np.array([kept], np.float64)
    some = resampled_map(marks, CLASSES, counts, "none")[:, 0]
    report = thumos.evaluate(
        {v: s for v, s in found.items() if v in names},
        {v: t for v, t in truth.items() if v in names},
        CLASSES,
        tiou=TIOU,
    )
    np.testing.assert_allclose(some, report.mean)


def test_draws_have_as_many_videos_as_there_are(rng):
    counts = draw_videos(7, 50, rng)
    assert counts.shape == (50, 7)
    assert (counts.sum(axis=1) == 7).all()


def interval_of(marks, generator, draws=1000):
    counts = whole_and_draws(len(marks.videos), draws, generator)
    return map_interval(marks, CLASSES, counts, interpolation="none")


def difference_of(first, second, generator, draws=1000):
    counts = whole_and_draws(len({*first.videos, *second.videos}), draws, generator)
    return differences(first, second, CLASSES, counts, interpolation="none")


def half_right(videos, right):
    """Give a run that finds the action of the first videos only."""
    found = {
        f"v{i}": made([[0, 10] if i < right else [50, 60]], [1], [1.0])
        for i in range(videos)
    }
    known = VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2)))
    return found, {f"v{i}": known for i in range(videos)}


def test_the_interval_holds_the_estimate_and_shrinks_with_videos(rng):
    small = interval_of(mark(thumos, half_right(10, 5)), rng)
    large = interval_of(mark(thumos, half_right(160, 80)), rng)
    for interval in (small, large):
        assert (interval.low <= interval.estimate).all()
        assert (interval.estimate <= interval.high).all()
    width = small.high - small.low
    assert (large.high - large.low < width / 2).all()
    assert small.draws == 1000


def test_a_run_does_not_differ_from_itself(rng):
    marks = mark(thumos, half_right(10, 5))
    interval = difference_of(marks, marks, rng, draws=50).mean
    assert (interval.low == 0).all()
    assert (interval.high == 0).all()
    assert (interval.above_zero == 0).all()


def test_a_better_run_is_better_in_nearly_every_draw(rng):
    better, worse = half_right(20, 15), half_right(20, 5)
    pair = mark(thumos, better), mark(thumos, worse)
    interval = difference_of(*pair, rng, draws=200).mean
    assert (interval.low > 0).all()
    assert (interval.above_zero > 0.97).all()


def test_one_seed_gives_one_interval():
    marks = mark(thumos, half_right(10, 5))
    one, two = (
        interval_of(marks, np.random.default_rng(3), draws=20) for _ in range(2)
    )
    np.testing.assert_array_equal(one.low, two.low)


def test_no_truth_is_no_interval(rng):
    interval = interval_of(mark(thumos, ({}, {})), rng, draws=5)
    assert interval.draws == 0
    assert np.isnan(interval.low).all()


def test_other_thresholds_are_refused(rng):
    run = half_right(2, 1)
    with pytest.raises(ValueError, match=r"0\.7"):
        difference_of(
            thumos.match(*run, tiou=(0.5,)), thumos.match(*run, tiou=(0.7,)), rng
        )


@given(run=runs(), other=runs())
def test_each_class_s_difference_is_that_of_the_reports(run, other):
    """The mean's as well, on the truth of one of them."""
    truth = run[1]
    pair = [mark(thumos, (found, truth)) for found in (run[0], other[0])]
    found = difference_of(*pair, np.random.default_rng(0), draws=3)
    one, two = (
        report(marks, CLASSES, protocol="x", interpolation="none") for marks in pair
    )
    np.testing.assert_allclose(found.mean.estimate, one.mean - two.mean)
    for column, interval in enumerate(found.of_class):
        difference = one.average_precision - two.average_precision
        np.testing.assert_allclose(interval.estimate, difference[:, column])


def test_the_interval_of_a_class_rests_on_draws_that_have_it(rng):
    """Of two videos one has Jump: a quarter of the draws are without."""
    known = {
        "v": VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2))),
        "w": VideoTruth(made([[0, 10]], [2]), np.zeros((0, 2))),
    }
    right = {v: one.segments for v, one in known.items()}
    pair = [mark(thumos, (found, known)) for found in (right, {})]
    jump = difference_of(*pair, rng, draws=400).of_class[1]
    assert 240 < jump.draws < 360
    assert (jump.low == 1).all()
