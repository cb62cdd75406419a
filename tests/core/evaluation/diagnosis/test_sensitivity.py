"""Truths by length, coverage and number: DETAD's bins, sensitivity and misses."""

import numpy as np
import pytest
from hypothesis import given

from dbs_core.evaluation.diagnosis.characteristics import (
    ACTIVITYNET_BINS,
    THUMOS_BINS,
    characteristics,
)
from dbs_core.evaluation.diagnosis.sensitivity import (
    missed,
    missed_by_pair,
    normalised_map,
    sensitivity,
)
from dbs_core.evaluation.protocols import activitynet, report, thumos
from dbs_core.records import VideoTruth
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs

BINS = {
    "length": (0.0, 1.0, 2.0, np.inf),
    "coverage": (0.0, 0.1, 0.2, 1.0),
    "instances": (-1.0, 1.0, np.inf),
}
DURATIONS = {"a": 10.0, "b": 20.0, "c": 2.0}


def marks_of(spans, labels, found=(), found_labels=(), tiou=(0.5,)):
    truth = {"v": VideoTruth(made(spans, labels), np.zeros((0, 2)))}
    detections = {"v": made(found, found_labels, np.linspace(0.9, 0.1, len(found)))}
    return activitynet.match(detections, truth, tiou=tiou)


@pytest.mark.parametrize(
    ("seconds", "size"),
    [
        (0.5, "XS"),
        (3.0, "XS"),
        (3.1, "S"),
        (6.0, "S"),
        (12.0, "M"),
        (18.0, "L"),
        (18.1, "XL"),
    ],
)
def test_thumos_lengths(seconds, size):
    marks = marks_of([[0, seconds]], [1])
    length = characteristics(marks, {"v": 100.0})["length"]
    assert length.labels[length.bin[0]] == size
    assert length.value[0] == seconds


@pytest.mark.parametrize(
    ("seconds", "size"), [(2, "XS"), (2.1, "S"), (8, "L"), (9, "XL"), (100, "XL")]
)
def test_thumos_coverage(seconds, size):
    marks = marks_of([[0, seconds]], [1])
    coverage = characteristics(marks, {"v": 100.0})["coverage"]
    assert coverage.labels[coverage.bin[0]] == size


def test_longer_than_the_video_or_of_unknown_duration_has_no_coverage():
    marks = marks_of([[0, 714]], [1])
    assert characteristics(marks, {"v": 176.0})["coverage"].bin.tolist() == [-1]
    assert characteristics(marks, {})["coverage"].bin.tolist() == [-1]


@pytest.mark.parametrize(
    ("count", "size", "bins"),
    [
        (1, "XS", THUMOS_BINS),
        (2, "S", THUMOS_BINS),
        (40, "S", THUMOS_BINS),
        (41, "M", THUMOS_BINS),
        (81, "L", THUMOS_BINS),
        (4, "S", ACTIVITYNET_BINS),
        (9, "L", ACTIVITYNET_BINS),
    ],
)
def test_instances_are_those_of_the_class_in_the_video(count, size, bins):
    spans = [[i, i + 1] for i in range(count)]
    marks = marks_of([*spans, [0, 1]], [1] * count + [2])
    instances = characteristics(marks, {"v": 100.0}, bins)["instances"]
    assert instances.value.tolist() == [count] * count + [1]
    assert instances.labels[instances.bin[0]] == size
    assert instances.labels[instances.bin[-1]] == "XS"


def test_ranges_in_words():
    marks = marks_of([[0, 1]], [1])
    length = characteristics(marks, {})["length"]
    assert length.ranges == ("0 to 3", "3 to 6", "6 to 12", "12 to 18", "above 18")


@given(runs())
def test_misses_of_all_bins_are_all_misses(run):
    marks = thumos.match(*run, tiou=(0.3, 0.5))
    for characteristic in characteristics(marks, DURATIONS, BINS).values():
        lost, every = missed(marks, characteristic)
        inside = characteristic.bin >= 0
        assert every.sum() == inside.sum()
        assert lost.sum(axis=1).tolist() == (
            (marks.found_by < 0)[:, inside].sum(axis=1).tolist()
        )


@given(runs())
def test_pairs_of_bins_sum_to_bins(run):
    marks = thumos.match(*run, tiou=(0.5,))
    kinds = characteristics(marks, DURATIONS, BINS)
    lost, every = missed_by_pair(marks, kinds["length"], kinds["instances"])
    by_length, all_of_length = missed(marks, kinds["length"])
    np.testing.assert_array_equal(lost.sum(axis=2), by_length)
    np.testing.assert_array_equal(every.sum(axis=1), all_of_length)


def test_sensitivity_leaves_out_detections_of_other_bins():
    """Long truths are found, the short one is not; one false alarm comes first."""
    marks = marks_of(
        [[0, 10], [20, 30], [40, 41]],
        [1, 1, 1],
        [[60, 70], [0, 10], [20, 30]],
        [1, 1, 1],
    )
    length = characteristics(marks, {"v": 100.0})["length"]
    by_bin = sensitivity(marks, CLASSES, length, interpolation="none")[0]
    # XS (the short one): no hit. M (two of 10 s): hits at normalised counts 1.5, 3
    # of 3 truths after one false alarm.
    assert by_bin[0] == 0
    assert by_bin[2] == pytest.approx((1.5 / 2.5 + 3 / 4) / 2)
    assert np.isnan(by_bin[[1, 3, 4]]).all()


def test_with_equal_classes_the_normalised_figure_is_the_plain_one():
    marks = marks_of(
        [[0, 10], [20, 30]], [1, 2], [[60, 70], [0, 10], [20, 30]], [1, 1, 2]
    )
    plain = report.report(marks, CLASSES, protocol="x", interpolation="none")
    normalised = normalised_map(marks, CLASSES, interpolation="none")
    np.testing.assert_allclose(normalised, plain.mean)


def test_a_rare_class_is_lifted_by_normalising():
    """One false alarm weighs less when a class is taken to have more truths."""
    marks = marks_of(
        [[0, 10], [20, 30], [40, 50], [60, 70]],
        [1, 2, 2, 2],
        [[80, 90], [0, 10]],
        [1, 1],
    )
    value = normalised_map(marks, CLASSES, interpolation="none")[0]
    assert value == pytest.approx((2 / 3 + 0) / 2)
