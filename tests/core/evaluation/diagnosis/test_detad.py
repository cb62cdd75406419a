"""DETAD's own numbers from its own definition, on two published result files."""

import numpy as np
import pytest

from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.diagnosis.characteristics import (
    ACTIVITYNET_BINS,
    THUMOS_BINS,
)
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import error_table
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.judged_file import judged_file
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from tests.shared_data import shared_data

POINT = 0.001
SENSITIVE = 0.01


@pytest.fixture(scope="module")
def autoloc():
    truth = load_truth(shared_data("detections", "autoloc_thumos14_truth.json"))
    path = shared_data("detections", "autoloc_thumos14_results.json")
    return judged_file(path, truth, ACTIVITYNET)


@pytest.fixture(scope="module")
def by_thumos_bins(autoloc):
    return figures(diagnose(autoloc, tiou=ACTIVITYNET.headline, bins=THUMOS_BINS))


def rc3d(rule):
    truth = load_truth(shared_data("thumos14"), "test", rule.when_reversed)
    return judged_file(shared_data("detections", "rc3d_thumos14_test.txt"), truth, rule)


def values(named):
    return [value for name, value in named.items() if name != "ignored"]


def test_the_profile(by_thumos_bins):
    """True, double, label, location, confusion, background; counts are exact."""
    groups = by_thumos_bins["kinds_by_group"]["0.5"]
    assert values(groups["1G"]) == [1064, 60, 47, 1038, 99, 926]
    assert values(groups["2G"]) == [437, 104, 133, 938, 260, 1362]
    assert len(groups) == 10
    top = by_thumos_bins["kinds"]["0.5"]
    assert values(top) == [2100, 357, 724, 4503, 1919, 9622]
    assert sum(top.values()) == 19225
    assert by_thumos_bins["detections"] == 20763
    assert by_thumos_bins["truths"] == 3234


@pytest.mark.parametrize(
    ("figure", "tiou", "want"),
    [
        ("gain_normalised", "0.5", [0.2654, 0.3654, 6.3973, 0.6400, 7.9403]),
        ("gain", "0.5", [0.2558, 0.3378, 6.1208, 0.5778, 6.8573]),
        ("gain_normalised", "average", [0.0389, 0.0941, 3.8926, 0.2558, 2.7335]),
    ],
)
def test_what_each_kind_costs(by_thumos_bins, figure, tiou, want):
    np.testing.assert_allclose(
        list(by_thumos_bins[figure][tiou].values()), want, atol=POINT
    )


@pytest.mark.parametrize(
    ("figure", "tiou", "want"),
    [
        ("map_normalised", "0.5", 23.1345),
        ("map", "0.5", 21.2054),
        ("map_normalised", "average", 8.0255),
        ("map", "average", 7.3345),
    ],
)
def test_the_maps(by_thumos_bins, figure, tiou, want):
    assert by_thumos_bins[figure][tiou] == pytest.approx(want, abs=POINT)


@pytest.mark.parametrize(
    ("name", "sensitivity", "missed", "truths"),
    [
        (
            "coverage",
            [23.769, 25.095, 23.326, 30.479, 10.802],
            [787, 173, 81, 19, 56],
            [2294, 639, 153, 59, 89],
        ),
        (
            "instances",
            [26.609, 23.323, 31.901, 21.902],
            [10, 791, 166, 149],
            [17, 2314, 574, 329],
        ),
    ],
)
def test_truths_by_bin(by_thumos_bins, name, sensitivity, missed, truths):
    found = by_thumos_bins
    assert found["missed"]["0.5"] == 1116
    assert list(found["missed_by"]["0.5"][name].values()) == missed
    assert list(found["bins"][name]["truths"].values()) == truths
    np.testing.assert_allclose(
        list(found["sensitivity"]["0.5"][name].values()), sensitivity, atol=SENSITIVE
    )


def test_times_in_shares_of_a_video_have_no_length(by_thumos_bins):
    assert list(by_thumos_bins["bins"]) == ["coverage", "instances"]
    assert any("no length" in rule for rule in by_thumos_bins["rules"])


def test_sensitivity_of_an_average_is_the_mean_of_single_thresholds(autoloc):
    found = figures(diagnose(autoloc, tiou=ACTIVITYNET.headline, bins=ACTIVITYNET_BINS))
    np.testing.assert_allclose(
        list(found["sensitivity"]["average"]["instances"].values()),
        [7.744, 8.885, 10.828, 8.192],
        atol=SENSITIVE,
    )


@pytest.mark.parametrize(
    ("rule", "plain", "normalised", "double", "background"),
    [
        (ACTIVITYNET, 41.09, 44.45, 0.27, 5.64),
        (THUMOS, 38.48, 41.48, 1.40, 4.60),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_rc3d_by_both_rules(rule, plain, normalised, double, background):
    found = figures(diagnose(rc3d(rule), tiou=(0.5,)))
    got = [
        found["map"]["0.5"],
        found["map_normalised"]["0.5"],
        found["gain_normalised"]["0.5"]["double"],
        found["gain_normalised"]["0.5"]["background"],
    ]
    np.testing.assert_allclose(got, [plain, normalised, double, background], atol=0.006)


def test_every_detection_of_rc3d_is_in_the_list_once():
    """34,364 detections; the list is the same every time."""
    judged = rc3d(THUMOS)
    one, other = (
        error_table(diagnose(judged, tiou=(0.5,)), 0.5).to_rows() for _ in range(2)
    )
    assert one == other
    kinds = [row["kind"] for row in one]
    assert len(kinds) - kinds.count("found") - kinds.count("missed") == 34364
    assert kinds.count("found") + kinds.count("missed") == 3358
    assert kinds.count("found") == kinds.count("true")
