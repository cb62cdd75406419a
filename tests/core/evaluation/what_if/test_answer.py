"""What a knob did is what comparing the two sets of detections says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from dbs_core.evaluation.diagnosis.by_video import by_video
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.two_runs import compare
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.evaluation.what_if.answer import answer, answer_figures, moved, stand
from dbs_core.evaluation.what_if.knob_values import read_values
from dbs_core.evaluation.what_if.knobs import KNOBS
from dbs_core.evaluation.what_if.subject import Subject
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.diagnosis.judged import has_action, judged_of
from tests.core.evaluation.protocols.strategies import made, runs
from tests.core.records.test_overlap import slow_nms


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
@settings(max_examples=20, deadline=None)
@given(run=runs())
def test_the_figures_are_those_of_comparing_two_sets(rule, run):
    assume(has_action(run[1]))
    subject = Subject(judged_of(run[0], run[1], rule))
    values = read_values("score=0.4,nms=0.2,length=1")
    before, turned = subject.standing(), subject.turned(values)
    found = answer(stand(before, 0.5, draws=40), turned)
    pair = [diagnose(one, tiou=rule.tiou) for one in (before, turned)]
    two = compare(*pair, draws=40)
    level = two.a.marks.at(0.5)
    for side, one in ((found.before, two.a), (found.after, two.b)):
        np.testing.assert_array_equal(side.mean, one.report.mean)
        np.testing.assert_array_equal(side.precision, one.report.average_precision)
    mean = found.difference.mean
    for name in ("estimate", "low", "high", "above_zero"):
        wanted = getattr(two.difference.mean, name)[level]
        np.testing.assert_allclose(getattr(mean, name)[0], wanted)
    for own, other in zip(
        found.difference.of_class, two.difference.of_class, strict=True
    ):
        np.testing.assert_allclose(own.low[0], other.low[level])
    wanted = [(one.video_id, one.a, one.b) for one in by_video(two, 0.5)]
    assert moved(found) == wanted


@settings(max_examples=40, deadline=None)
@given(run=runs())
def test_of_a_file_filters_do_what_a_loop_does(run):
    found, truth = run
    assume(has_action(truth))
    subject = Subject(judged_of(found, truth))
    turned = subject.turned(read_values("score=0.4,nms=0.2,length=2")).found
    for video_id, own in found.items():
        rows = slow_nms(own, 0.2)
        kept = [
            i
            for i, (start, end) in enumerate(own.spans_s.tolist())
            if rows[i] < 0 and own.scores[i] >= 0.4 and round(end - start, 3) >= 2
        ]
        got, wanted = turned[video_id], own.select(np.array(kept, int))
        np.testing.assert_array_equal(got.spans_s, wanted.spans_s)


TRUTH = {"v": made([[0, 10], [20, 30]], [1, 1]), "w": made([[0, 10]], [2])}
FOUND = {
    "v": made([[0, 10], [20, 30], [1, 11]], [1, 1, 1], [0.9, 0.6, 0.8]),
    "w": made([[0, 9], [50, 60]], [2, 2], [0.3, 0.5]),
}


def small():
    from dbs_core.records import VideoTruth

    truth = {v: VideoTruth(one, np.zeros((0, 2))) for v, one in TRUTH.items()}
    return Subject(judged_of(FOUND, truth))


def test_a_twin_and_a_false_alarm_go():
    """Of the first class the twin goes: AP (1 + 2/3) / 2 becomes 1; 1/2 stays."""
    subject = small()
    found = answer(stand(subject.standing(), 0.5), subject.turned({"nms": 0.5}))
    figures = answer_figures(found)
    assert figures["before"]["detections"] == 5
    assert figures["after"]["detections"] == 4
    classes = figures["by_class"]
    assert classes["Dive"]["before"] == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert classes["Dive"]["after"] == 100
    assert classes["Jump"]["estimate"] == 0
    assert figures["difference"]["0.5"] == pytest.approx(
        100 * (1 - (1 + 2 / 3) / 2) / 2
    )
    assert figures["videos"][0]["video"] == "v"
    assert figures["at"] == "0.5"


def test_everything_left_out_is_an_answer_too():
    subject = small()
    found = answer(stand(subject.standing(), 0.5), subject.turned({"score": 0.95}))
    assert found.after.count == 0
    assert found.after.mean.tolist() == [0] * 7


def test_a_file_has_no_knob_but_filters():
    subject = small()
    open_ = [knob.name for knob in KNOBS if not subject.closed(knob, {})]
    assert open_ == ["score", "length", "nms"]
    with pytest.raises(InputError, match="some: share cannot be turned here"):
        subject.turned({"share": 0.3})
    assert subject.value(KNOBS[0], {}) == 0
    negative = replace(
        subject.judged, found={"v": made([[0, 1]], [1], [-2.5]), "w": FOUND["w"]}
    )
    assert Subject(negative).value(KNOBS[0], {}) == -3
