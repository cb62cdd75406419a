"""What must hold for any run, whatever the protocol."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.records import Segments, VideoTruth
from tests.core.evaluation.protocols.strategies import CLASSES, runs

TIOU = (0.3, 0.5, 0.75)
both = pytest.mark.parametrize("protocol", [thumos, activitynet])


def with_scores(found, change):
    return {
        video: Segments(s.spans_s, s.labels, change(s.scores))
        for video, s in found.items()
    }


def distinct(found):
    """Give every detection a score of its own, in an order of their places."""
    scored, n = {}, 0
    for video, s in found.items():
        scored[video] = Segments(s.spans_s, s.labels, np.arange(n, n + len(s)) / 997.0)
        n += len(s)
    return scored


@both
@given(run=runs())
def test_every_detection_and_every_truth_is_counted_once(protocol, run):
    marks = protocol.match(*run, tiou=TIOU)
    false = marks.false.sum(axis=1)
    true = marks.true.sum(axis=1)
    assert (true + false + marks.ignored.sum(axis=1) == len(marks.found)).all()
    missed = (marks.found_by < 0).sum(axis=1)
    assert (true + missed == len(marks.truth)).all()
    assert len(marks.found) == sum(map(len, run[0].values()))
    assert len(marks.truth) == sum(len(v.segments) for v in run[1].values())


@both
@given(run=runs())
def test_matches_are_of_one_video_and_class_and_overlap_enough(protocol, run):
    marks = protocol.match(*run, tiou=TIOU)
    for k, i in zip(*np.nonzero(marks.true), strict=True):
        j = marks.truth_of[k, i]
        assert marks.found.group[i] == marks.truth.group[j]
        a, b = marks.found.segments.spans_s[i], marks.truth.segments.spans_s[j]
        shared = min(a[1], b[1]) - max(a[0], b[0])
        assert shared / (max(a[1], b[1]) - min(a[0], b[0])) >= TIOU[k] - 1e-9


@both
@given(run=runs())
def test_marks_of_a_video_point_at_its_own_rows(protocol, run):
    found, truth = run
    marks = protocol.match(found, truth, tiou=TIOU)
    for video in marks.videos:
        here = marks.of_video(video, 0.5)
        assert len(here.truth_of) == len(found.get(video, Segments.empty()))
        for detection, j in enumerate(here.truth_of):
            if j >= 0:
                assert here.found_by[j] == detection
                assert truth[video].segments.labels[j] == found[video].labels[detection]


@both
@given(run=runs())
def test_the_truth_itself_scores_one(protocol, run):
    _, truth = run
    found = {video: known.segments for video, known in truth.items()}
    report = protocol.evaluate(found, truth, CLASSES, tiou=TIOU)
    present = report.positives > 0
    assert (report.average_precision[:, present] == 1).all()


@both
@given(run=runs())
def test_a_rising_change_of_scores_changes_nothing(protocol, run):
    found, truth = run
    plain = protocol.evaluate(found, truth, CLASSES, tiou=TIOU)
    moved = with_scores(found, lambda s: np.exp(3 * s) - 100)
    again = protocol.evaluate(moved, truth, CLASSES, tiou=TIOU)
    np.testing.assert_array_equal(plain.average_precision, again.average_precision)


@both
@given(run=runs(), seed=st.integers(0, 999))
def test_the_order_of_lines_changes_nothing_when_scores_differ(protocol, run, seed):
    found, truth = distinct(run[0]), run[1]
    plain = protocol.evaluate(found, truth, CLASSES, tiou=TIOU)
    rng = np.random.default_rng(seed)
    shuffled = {
        video: found[video].select(rng.permutation(len(found[video])))
        for video in rng.permutation(list(found)).tolist()
    }
    again = protocol.evaluate(shuffled, truth, CLASSES, tiou=TIOU)
    np.testing.assert_array_equal(plain.average_precision, again.average_precision)


@both
@given(run=runs(), data=st.data())
def test_a_repeated_detection_never_helps(protocol, run, data):
    """Where no two truths overlap and IoU must exceed 1/2, it can match only one."""
    found, truth = distinct(run[0]), apart(run[1])
    videos = [video for video in found if len(found[video])]
    if not videos:
        return
    video = data.draw(st.sampled_from(videos))
    i = data.draw(st.integers(0, len(found[video]) - 1))
    twice = found | {video: found[video].select(np.r_[0 : len(found[video]), i])}
    before = protocol.evaluate(found, truth, CLASSES, tiou=(0.5, 0.7))
    after = protocol.evaluate(twice, truth, CLASSES, tiou=(0.5, 0.7))
    lower = after.average_precision <= before.average_precision + 1e-12
    assert (lower | np.isnan(before.average_precision)).all()


def apart(truth):
    """Keep of each video the truths that overlap no earlier one."""
    kept = {}
    for video, known in truth.items():
        last, rows = -1.0, []
        for i in np.argsort(known.segments.spans_s[:, 0], kind="stable"):
            if known.segments.spans_s[i, 0] >= last:
                rows.append(i)
                last = known.segments.spans_s[i, 1]
        kept[video] = VideoTruth(
            known.segments.select(np.array(rows, int)), known.ambiguous_s
        )
    return kept
