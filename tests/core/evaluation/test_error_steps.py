"""Errors of a class walked through the videos: every one is met, once, in order."""

import numpy as np
import pytest

from dbs_core.evaluation.error_steps import error_elsewhere, errors_in
from dbs_core.evaluation.judge import Judge, Judging
from dbs_core.evaluation.video_spans import VideoSpans
from dbs_core.records import Segments, VideoTruth
from tests.core.evaluation.test_judge import random_videos

VIDEOS = tuple(f"v{i}" for i in range(12))


@pytest.mark.parametrize("threshold", [None, 0.55])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_walk_meets_every_error_of_the_class(
    threshold: float | None, sign: int
) -> None:
    judge = Judge(random_videos(12, 3))
    judging, label = Judging(0.5, threshold), 2
    start, *_ = VIDEOS[::sign]
    met = errors_in(judge, judging, start, label)
    while place := error_elsewhere(judge, judging, label, VIDEOS, start, sign):
        start = place.video_id
        here = errors_in(judge, judging, start, label)
        assert place == here[0 if sign > 0 else -1]
        met += here
    assert len({(e.video_id, e.detection, e.truth) for e in met}) == len(met)
    point = judge.whole(judging, (label,))
    assert sum(e.detection is not None for e in met) == point.wrong > 0
    assert sum(e.truth is not None for e in met) == point.missed > 0
    for place in met:
        video = judge.videos[place.video_id]
        if place.detection is None:
            assert video.truth.segments.labels[place.truth] == label
        else:
            assert video.detections.labels[place.detection] == label
            assert video.detections.scores[place.detection] >= (threshold or 0)


def test_order_and_numbers_by_hand() -> None:
    """A truth found at 0, missed at 30; false at 20 and, below the threshold, at 10."""
    truth = VideoTruth(
        Segments.of([[0.0, 9.0], [30.0, 39.0]], [1, 1]), np.empty((0, 2))
    )
    found = Segments.of(
        np.array([[10.0, 15], [20, 25], [0, 9]]), [1] * 3, [0.2, 0.9, 0.5]
    )
    empty = VideoSpans("b", Segments.empty(), VideoTruth.none())
    judge = Judge([VideoSpans("a", found, truth), empty])
    high = errors_in(judge, Judging(0.5, 0.4), "a", 1)
    assert [(e.start_s, e.detection, e.truth) for e in high] == [
        (20.0, 1, None),
        (30.0, None, 1),
    ]
    assert [e.start_s for e in errors_in(judge, Judging(), "a", 1)] == [10, 20, 30]
    assert errors_in(judge, Judging(), "a", 2) == []
    assert error_elsewhere(judge, Judging(), 1, ("a", "b"), "a", 1) is None
    last = error_elsewhere(judge, Judging(), 1, ("a", "b"), "b", -1)
    assert last is not None
    assert last.start_s == 30
