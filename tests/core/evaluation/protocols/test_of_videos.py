"""The AP of each video by itself, all at once: as each alone is evaluated."""

import numpy as np
import pytest

from dbs_core.evaluation.protocols.of_videos import precision_of_videos
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.records import VideoTruth
from tests.core.evaluation.protocols.strategies import CLASSES, made


def drawn(rng, most):
    """Spans of coarse times and scores, so that overlaps and ties are common."""
    count = rng.integers(0, most)
    starts = rng.integers(0, 12, count)
    return made(
        np.stack([starts, starts + rng.integers(1, 9, count)], 1),
        rng.integers(1, 3, count),
        rng.choice([0.1, 0.4, 0.5, 0.9], count),
    )


@pytest.fixture(params=[THUMOS, ACTIVITYNET], ids=lambda rule: rule.name)
def judged(request):
    """A rule, detections and truth; some videos lack either."""
    rng = np.random.default_rng(3)
    names = [f"v{i}" for i in range(80)]
    found = {name: drawn(rng, 12) for name in names if rng.random() < 0.9}
    truth = {
        name: VideoTruth(drawn(rng, 6), np.array([[3.0, 4.0]]))
        for name in names
        if rng.random() < 0.9
    }
    return request.param, found, truth


def alone(rule, found, truth, video):
    mine = {video: found[video]} if video in found else {}
    return rule.evaluate(mine, {video: truth[video]}, CLASSES, tiou=(0.5,))


def test_it_is_the_map_of_an_evaluation_of_that_video(judged):
    rule, found, truth = judged
    marks = rule.match(found, truth, tiou=(0.5,))
    known = precision_of_videos(marks, rule.interpolation)
    with_truth = {video for video, one in truth.items() if len(one.segments)}
    assert {marks.videos[number] for number in known} == with_truth
    for number, value in known.items():
        report = alone(rule, found, truth, marks.videos[number])
        assert value == pytest.approx(float(report.mean[0]))


def test_of_one_class_alone(judged):
    rule, found, truth = judged
    marks = rule.match(found, truth, tiou=(0.5,))
    own = (one.segments.labels == 2 for one in (marks.found, marks.truth))
    known = precision_of_videos(marks, rule.interpolation, *own)
    of_it = {video for video, one in truth.items() if (one.segments.labels == 2).any()}
    assert {marks.videos[number] for number in known} == of_it
    for number, value in known.items():
        report = alone(rule, found, truth, marks.videos[number])
        assert value == pytest.approx(float(report.average_precision[0, 1]))
