"""The confusion matrix counts every truth and every detection once."""

import numpy as np
from hypothesis import given

from dbs_core.evaluation.diagnosis.confusion import confusion
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.records import VideoTruth
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs


@given(runs())
def test_every_truth_and_every_detection_is_counted_once(run):
    marks = thumos.match(*run, tiou=(0.5,))
    matrix = confusion(marks, CLASSES, 0.5)
    truths = marks.truth.segments.labels
    counted = marks.found.segments.labels[~marks.ignored[0]]
    assert matrix[1:].sum(axis=1).tolist() == [(truths == c).sum() for c in (1, 2)]
    assert matrix[:, 1:].sum(axis=0).tolist() == [(counted == c).sum() for c in (1, 2)]
    assert np.diag(matrix)[1:].sum() >= marks.true.sum()
    assert matrix[0, 0] == 0


def test_a_misnamed_action_a_missed_one_and_a_false_alarm():
    truth = VideoTruth(made([[0, 10], [20, 30], [40, 50]], [1, 1, 2]), np.zeros((0, 2)))
    found = made([[0, 10], [20, 30], [80, 90]], [1, 2, 2], [0.9, 0.8, 0.7])
    marks = activitynet.match({"v": found}, {"v": truth}, tiou=(0.5,))
    assert confusion(marks, CLASSES, 0.5).tolist() == [
        [0, 0, 1],  # background taken for Jump
        [0, 1, 1],  # Dive: one right, one taken for Jump
        [1, 0, 0],  # Jump: missed
    ]


def test_spans_of_another_video_do_not_pair():
    truth = VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2)))
    found = {"w": made([[0, 10]], [2], [0.9])}
    marks = activitynet.match(found, {"v": truth}, tiou=(0.5,))
    assert confusion(marks, CLASSES, 0.5).tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0]]
