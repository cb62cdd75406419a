"""Both protocols against slow ports of their kits, and hand-worked cases."""

import numpy as np
import pytest
from hypothesis import given

from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.records import VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.protocols.slow_kits import activitynet_ap, thumos_ap
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs

TIOU = (0.1, 0.3, 0.5, 0.75, 0.95)
NO_AMBIGUOUS = np.zeros((0, 2))


def one_video(spans, labels, scores):
    return {"v": made(spans, labels, scores)}


def truth_of(spans, labels, ambiguous=()):
    return {
        "v": VideoTruth(made(spans, labels), np.array(ambiguous, float).reshape(-1, 2))
    }


def expected(found, truth, slow):
    table = np.full((len(TIOU), 2), np.nan)
    for label in (1, 2):
        if any((video.segments.labels == label).any() for video in truth.values()):
            table[:, label - 1] = [slow(found, truth, label, t) for t in TIOU]
    return table


@given(runs())
def test_thumos_is_what_the_kit_gives(run):
    report = thumos.evaluate(*run, CLASSES, tiou=TIOU)
    want = expected(*run, thumos_ap)
    np.testing.assert_allclose(report.average_precision, want, atol=1e-12)


@given(runs())
def test_eleven_points_are_what_the_kit_of_2014_gives(run):
    report = thumos.evaluate(*run, CLASSES, tiou=TIOU, interpolation="11-point")

    def slow(*args):
        return thumos_ap(*args, eleven_points=True)

    want = expected(*run, slow)
    np.testing.assert_allclose(report.average_precision, want, atol=1e-12)


@given(runs())
def test_activitynet_is_what_the_kit_gives(run):
    report = activitynet.evaluate(*run, CLASSES, tiou=TIOU)
    want = expected(*run, activitynet_ap)
    np.testing.assert_allclose(report.average_precision, want, atol=1e-12)


def test_thumos_gives_the_truth_to_the_best_overlap_activitynet_to_the_best_score():
    """METHOD 11.10: the most confident detection overlaps less than a later one."""
    found = one_video([[0, 6], [0, 10]], [1, 1], [0.9, 0.5])
    truth = truth_of([[0, 10]], [1])
    kit = thumos.match(found, truth, tiou=[0.5])
    assert kit.truth_of.tolist() == [[-1, 0]]
    assert thumos.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [0.5]
    net = activitynet.match(found, truth, tiou=[0.5])
    assert net.truth_of.tolist() == [[0, -1]]
    assert activitynet.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [1.0]


def test_truths_choose_in_file_order():
    """The first truth takes the only detection, though the second fits it better."""
    found = one_video([[0, 10]], [1], [0.9])
    first = thumos.match(found, truth_of([[0, 8], [0, 10]], [1, 1]), tiou=[0.5])
    assert first.truth_of.tolist() == [[0]]
    swapped = thumos.match(found, truth_of([[0, 10], [0, 8]], [1, 1]), tiou=[0.5])
    assert swapped.truth_of.tolist() == [[0]]


def test_an_overlap_equal_to_the_threshold_counts_only_for_activitynet():
    found, truth = one_video([[0, 5]], [1], [0.9]), truth_of([[0, 10]], [1])
    assert thumos.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [0.0]
    assert activitynet.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [1.0]


def test_detections_that_touch_an_ambiguous_span_are_not_false():
    found = one_video([[20, 30], [0, 10]], [1, 1], [0.9, 0.5])
    plain = thumos.evaluate(found, truth_of([[0, 10]], [1]), CLASSES, tiou=[0.5])
    assert plain.mean == [0.5]
    truth = truth_of([[0, 10]], [1], [[29.9, 40]])
    assert thumos.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [1.0]
    marks = thumos.match(found, truth, tiou=[0.5])
    assert marks.of_video("v", 0.5).names == ("ignored", "true")


def test_a_hit_in_an_ambiguous_span_stays_a_hit():
    truth = truth_of([[0, 10]], [1], [[0, 40]])
    found = one_video([[0, 10]], [1], [0.9])
    assert thumos.evaluate(found, truth, CLASSES, tiou=[0.5]).mean == [1.0]


def test_the_three_kinds_of_average_precision_by_hand():
    """Hit, miss, hit of 4 truths: precision 1, 1/2, 2/3 at recall 1/4, 1/4, 1/2.

    Not interpolated (1 + 2/3) / 4. 11 points: recall 0, .1, .2 reach 1; .3, .4, .5
    reach 2/3; the rest nothing. Envelope: (1 + 2/3) / 4.
    """
    found = one_video([[0, 1], [50, 51], [10, 11]], [1, 1, 1], [0.9, 0.8, 0.7])
    truth = truth_of([[0, 1], [10, 11], [20, 21], [30, 31]], [1] * 4)
    plain = thumos.evaluate(found, truth, CLASSES, tiou=[0.5])
    assert plain.mean[0] == pytest.approx((1 + 2 / 3) / 4)
    points = thumos.evaluate(
        found, truth, CLASSES, tiou=[0.5], interpolation="11-point"
    )
    assert points.mean[0] == pytest.approx((3 * 1 + 3 * 2 / 3) / 11)
    net = activitynet.evaluate(found, truth, CLASSES, tiou=[0.5])
    assert net.mean[0] == pytest.approx((1 + 2 / 3) / 4)


def test_the_envelope_lifts_an_early_miss():
    """Miss, hit, hit of 2: precision 0, 1/2, 2/3; the envelope is 2/3 throughout."""
    found = one_video([[50, 51], [0, 1], [10, 11]], [1, 1, 1], [0.9, 0.8, 0.7])
    truth = truth_of([[0, 1], [10, 11]], [1, 1])
    net = activitynet.evaluate(found, truth, CLASSES, tiou=[0.5])
    assert net.mean[0] == pytest.approx(2 / 3)
    plain = thumos.evaluate(found, truth, CLASSES, tiou=[0.5])
    assert plain.mean[0] == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.parametrize("protocol", [thumos, activitynet])
def test_a_video_without_truth_gives_false_alarms(protocol):
    found = one_video([[0, 10]], [1], [0.5]) | {"w": made([[0, 10]], [1], [0.9])}
    report = protocol.evaluate(found, truth_of([[0, 10]], [1]), CLASSES, tiou=[0.5])
    assert report.mean == [0.5]


@pytest.mark.parametrize("protocol", [thumos, activitynet])
def test_classes_without_truth_are_left_out_and_said_so(protocol):
    found = one_video([[0, 10], [0, 10]], [1, 2], [0.5, 0.9])
    report = protocol.evaluate(found, truth_of([[0, 10]], [1]), CLASSES, tiou=[0.5])
    assert report.mean == [1.0]
    assert np.isnan(report.average_precision[0, 1])
    assert "Jump" in report.notes[0]


@pytest.mark.parametrize("protocol", [thumos, activitynet])
def test_nothing_found_is_zero_and_nothing_true_has_no_figure(protocol):
    truth = truth_of([[0, 10], [0, 5]], [1, 2])
    assert protocol.evaluate({}, truth, CLASSES).mean.tolist() == [0.0] * len(
        protocol.evaluate({}, truth, CLASSES).tiou
    )
    empty = protocol.evaluate(one_video([[0, 1]], [1], [0.5]), {}, CLASSES)
    assert np.isnan(empty.average)
    assert empty.to_json()["average"] is None


@pytest.mark.parametrize("protocol", [thumos, activitynet])
def test_a_label_outside_the_list_is_named(protocol):
    with pytest.raises(InputError, match=r"detection of a class .* got 5"):
        protocol.evaluate(one_video([[0, 1]], [5], [0.5]), {}, CLASSES)


def test_the_later_of_two_equal_scores_comes_first_for_activitynet():
    found = one_video([[0, 10], [50, 60]], [1, 1], [0.5, 0.5])
    report = activitynet.evaluate(found, truth_of([[0, 10]], [1]), CLASSES, tiou=[0.5])
    assert report.mean == [0.5]


def test_json_holds_percentages_by_short_names():
    found, truth = one_video([[0, 8]], [1], [0.5]), truth_of([[0, 10]], [1])
    report = thumos.evaluate(found, truth, CLASSES, tiou=np.linspace(0.3, 0.9, 3))
    value = report.to_json()
    assert value["map"] == {"0.3": 100.0, "0.6": 100.0, "0.9": 0.0}
    assert value["average"] == pytest.approx(200 / 3)
    assert value["per_class"]["Dive"] == value["map"]
    assert value["per_class"]["Jump"] == {"0.3": None, "0.6": None, "0.9": None}
