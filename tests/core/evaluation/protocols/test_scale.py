"""Full size: ActivityNet v1.3 validation with 100 detections a video, made up."""

import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from dbs_core.datasets.formats import load_truth
from dbs_core.evaluation.protocols import activitynet
from dbs_core.records import Segments
from tests.shared_data import shared_data


@pytest.fixture(scope="module")
def truth():
    return load_truth(shared_data("activitynet", "activity_net.v1-3.rebuilt.json.gz"))


def made_up(truth, each, rng):
    """Give each video detections near its truths, most of the right class."""
    found = {}
    for video, known in truth.truths.items():
        near = rng.integers(len(known.segments), size=each)
        spans = known.segments.spans_s[near]
        length = spans[:, 1] - spans[:, 0]
        spans = spans + rng.normal(0, 0.2, (each, 2)) * length[:, None]
        spans[:, 1] = np.maximum(spans[:, 1], spans[:, 0] + 0.1)
        labels = np.where(
            rng.random(each) < 0.6,
            known.segments.labels[near],
            rng.integers(1, len(truth.classes) + 1, each),
        )
        found[video] = Segments(spans, labels, rng.random(each))
    return found


def test_full_size_takes_under_ten_seconds(truth, rng):
    found = made_up(truth, 100, rng)
    started = time.process_time()
    report = activitynet.evaluate(found, truth.truths, truth.classes)
    assert time.process_time() - started < 10
    assert report.positives.sum() == 7654
    assert report.detections.sum() == 492_600
    assert 0.1 < report.average < 0.5


def test_memory_grows_with_the_number_of_detections_not_faster(truth, rng):
    some = replace(truth, truths=dict(list(truth.truths.items())[:150]))
    peaks = []
    for each in (100, 200):
        found = made_up(some, each, rng)
        tracemalloc.start()
        activitynet.evaluate(found, some.truths, some.classes)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2.2 * peaks[0]
