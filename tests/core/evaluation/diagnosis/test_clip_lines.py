"""The lines of a clip say what the whole diagnosis says, whatever is out of sight."""

import numpy as np
import pytest

from dbs_core.evaluation.diagnosis.clip_lines import TRUTH, clip_lines
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.records import VideoTruth
from tests.core.evaluation.diagnosis.judged import judged_of
from tests.core.evaluation.protocols.strategies import made

DIVE, JUMP = 1, 2
TRUTHS = {
    "other": VideoTruth(made([[4, 6]], [DIVE]), np.zeros((0, 2))),
    "v": VideoTruth(made([[40, 50], [20, 30], [0, 10]], [2, 1, 1]), np.zeros((0, 2))),
}
A = {"v": made([[22, 30], [0, 9], [20, 28]], [DIVE, DIVE, JUMP], [0.4, 0.9, 0.3])}
B = {"other": made([[4, 6]], [DIVE], [0.9]), "v": made([[60, 70]], [JUMP], [0.2])}


def lines_of(between_s, label=DIVE, rule=THUMOS, a=A, b=B):
    sets = {
        name: diagnose(judged_of(found, TRUTHS, rule, name=name), tiou=(0.3, 0.5))
        for name, found in (("a", a), ("b", b))
    }
    return {
        one.label: {
            line.name: [
                (*span, verdict)
                for span, verdict in zip(
                    line.spans_s.tolist(), line.verdicts, strict=True
                )
            ]
            for line in one.lines
        }
        for one in clip_lines(sets, "v", label, 0.5, between_s)
    }


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
def test_truth_is_found_by_either_and_detections_are_each_sets_own(rule):
    assert lines_of((0.0, 35.0), rule=rule) == {
        DIVE: {
            TRUTH: [(0, 10, "found"), (20, 30, "found")],
            "a": [(0, 9, "right"), (22, 30, "right")],
            "b": [],
        },
        JUMP: {TRUTH: [], "a": [(20, 28, "wrong")], "b": []},
    }


def test_the_class_that_is_asked_for_comes_first_even_with_nothing_of_it():
    assert list(lines_of((0.0, 12.0), label=JUMP)) == [JUMP, DIVE]
    assert list(lines_of((55.0, 58.0))) == [DIVE]
    assert lines_of((55.0, 58.0))[DIVE] == {TRUTH: [], "a": [], "b": []}


def test_a_detection_out_of_sight_still_takes_its_truth():
    """By THUMOS'14's rule a truth takes what overlaps it most, here unseen."""
    truths = {"v": VideoTruth(made([[0, 30]], [DIVE]), np.zeros((0, 2)))}
    found = {"v": made([[0, 20], [14, 30]], [DIVE, DIVE], [0.5, 0.9])}
    one = diagnose(judged_of(found, truths), tiou=(0.5,))
    (dive,) = clip_lines({"a": one}, "v", DIVE, 0.5, (25.0, 35.0))
    truth, mine = dive.lines
    assert truth.verdicts == ("found",)
    assert mine.spans_s.tolist() == [[14, 30]]
    assert mine.verdicts == ("wrong",)


def test_a_video_that_a_set_does_not_know_has_empty_lines():
    one = diagnose(judged_of(A, TRUTHS), tiou=(0.5,))
    (dive,) = clip_lines({"a": one}, "elsewhere", DIVE, 0.5, (0.0, 10.0))
    assert [len(line.spans_s) for line in dive.lines] == [0, 0]
