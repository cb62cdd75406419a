"""Published figures from published detections, in the shared data."""

import time

import numpy as np
import pytest

from dbs_core.datasets.formats import load_detections, load_truth
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.evaluation.protocols.cdc import CdcRules, DurationPrior
from dbs_core.evaluation.protocols.cdc import evaluate as evaluate_cdc
from dbs_core.evaluation.protocols.exclusions import EXCLUSIONS, without
from dbs_core.evaluation.protocols.frame_grid import grid_times
from tests.shared_data import shared_data


@pytest.fixture(scope="module")
def thumos14():
    return load_truth(shared_data("thumos14"), "test")


@pytest.fixture(scope="module")
def rc3d(thumos14):
    path = shared_data("detections", "rc3d_thumos14_test.txt")
    return load_detections(path, thumos14.classes)


def test_rc3d_on_thumos14(thumos14, rc3d):
    """All 213 videos, AP not interpolated; 72 lines have their times exchanged."""
    report = thumos.evaluate(rc3d.found, thumos14.truths, thumos14.classes)
    published = [46.80, 46.47, 45.55, 43.31, 38.48, 30.83, 17.59]
    np.testing.assert_allclose(100 * report.mean, published, atol=0.01)
    assert report.positives.sum() == 3358
    assert report.detections.sum() == 34364
    assert len(rc3d.warnings) == 1
    assert rc3d.warnings[0].startswith("72 x start after end")


def test_thumos14_takes_under_two_seconds(thumos14, rc3d):
    started = time.process_time()
    thumos.evaluate(rc3d.found, thumos14.truths, thumos14.classes)
    assert time.process_time() - started < 2


def test_exclusion_lists_leave_the_published_numbers_of_videos(thumos14):
    """213 with any annotation; 212, 211 and 210 are what publications use."""
    left = {
        name: len(without(thumos14.truths, videos))
        for name, videos in EXCLUSIONS.items()
    }
    assert left == {"none": 213, "two": 211, "212": 212, "210": 210}
    actions = [known for known in thumos14.truths.values() if len(known.segments)]
    kept = without(thumos14.truths, EXCLUSIONS["212"]).values()
    assert all(len(known.segments) for known in kept)
    assert len(actions) == 212


def test_autoloc_by_activitynet_s_rules():
    truth = load_truth(shared_data("detections", "autoloc_thumos14_truth.json"))
    found = load_detections(
        shared_data("detections", "autoloc_thumos14_results.json"), truth.classes
    )
    report = activitynet.evaluate(
        found.found, truth.truths, truth.classes, tiou=np.linspace(0.1, 0.7, 7)
    )
    published = [46.7, 41.7, 35.8, 29.0, 21.2, 13.4, 5.8]
    np.testing.assert_allclose(100 * report.mean, published, atol=0.05)


def test_activitynet_s_sample_prediction():
    truth = load_truth(shared_data("activitynet", "activity_net.v1-3.rebuilt.json.gz"))
    assert truth.split == "validation"
    assert len(truth.truths) == 4926
    assert len(truth.classes) == 200
    sample = shared_data("activitynet", "sample", "sample_detection_prediction.json")
    found = load_detections(sample, truth.classes)
    report = activitynet.evaluate(found.found, truth.truths, truth.classes)
    assert report.positives.sum() == 7654
    np.testing.assert_array_equal(np.round(report.mean, 4), 0.9998)


def test_cdc_s_preparation_without_any_step_changes_nothing(thumos14, rc3d):
    none = CdcRules(nms_below=None, doubled=(), decimals=None)
    tiou = (0.3, 0.5)
    plain = thumos.evaluate(rc3d.found, thumos14.truths, thumos14.classes, tiou=tiou)
    same = evaluate_cdc(rc3d.found, thumos14.truths, thumos14.classes, none, tiou=tiou)
    np.testing.assert_array_equal(plain.average_precision, same.average_precision)


def test_the_duration_prior_is_that_of_the_validation_set(thumos14):
    """BaseballPitch: 30 instances; their log2 of frames at 25 fps, n - 1."""
    truth = load_truth(shared_data("thumos14"), "validation")
    prior = DurationPrior.fit(truth.truths, truth.classes)
    lengths = [
        end - start
        for known in truth.truths.values()
        for (start, end), label in zip(
            known.segments.spans_s, known.segments.labels, strict=True
        )
        if label == 1
    ]
    assert len(lengths) == 30
    logs = np.log2(25 * np.array(lengths))
    assert prior.mean[0] == pytest.approx(logs.mean())
    assert prior.deviation[0] == pytest.approx(logs.std(ddof=1))


def test_the_frame_grid_has_as_many_frames_as_cdc_s(thumos14):
    """CDC's file of the 213 test videos has 1,154,579 frames at 25 fps."""
    lines = shared_data("thumos14", "test_durations.txt").read_text().split("\n")
    names = [name.removesuffix(".mp4") for name in lines[::2]]
    durations = dict(zip(names, map(float, lines[1::2]), strict=False))
    frames = sum(len(grid_times(durations[video], 25.0)) for video in thumos14.truths)
    assert frames == pytest.approx(1_154_579, rel=0.001)
