"""The curve of a class is what its AP is made of."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from dbs_core.evaluation.diagnosis.curve import precision_recall
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.picked import Picked, pick
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from tests.core.evaluation.diagnosis.judged import has_action, judged_of
from tests.core.evaluation.diagnosis.test_diagnose import truth_of
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
@settings(max_examples=40)
@given(run=runs())
def test_the_points_make_the_average_precision(rule, run):
    found, truth = run
    assume(has_action(truth))
    diagnosis = diagnose(judged_of(found, truth, rule), tiou=(0.5,))
    report = diagnosis.report
    for place, name in enumerate(CLASSES.names):
        points = precision_recall(diagnosis, name, 0.5)
        if not report.positives[place]:
            assert points == []
            continue
        total = sum(one.precision for one in points) / report.positives[place]
        assert total == pytest.approx(report.average_precision[0, place])
        recall = [one.recall for one in points]
        assert recall == sorted(set(recall))


def test_by_hand():
    """False at 0.9, right at 0.8 and 0.6, one of three truths never found."""
    truth = truth_of([[0, 10], [20, 30], [40, 50]], [1, 1, 1])
    spans = [[60, 70], [0, 10], [5, 15], [20, 30]]
    found = made(spans, [1] * 4, [0.9, 0.8, 0.7, 0.6])
    both = []
    for rule in (THUMOS, ACTIVITYNET):
        diagnosis = diagnose(judged_of({"v": found}, {"v": truth}, rule), tiou=(0.5,))
        points = precision_recall(diagnosis, CLASSES.names[0], 0.5)
        assert [one.score for one in points] == [0.8, 0.6]
        assert np.allclose([one.recall for one in points], [1 / 3, 2 / 3])
        assert [(one.right, one.false) for one in points] == [(1, 1), (2, 2)]
        both.append([one.precision for one in points])
        kinds = ("true", "double", "label", "location", "confusion", "background")
        for one in points:  # the list behind a point has what it counts
            rows = pick(diagnosis, 0.5, Picked(kinds, score=(one.score, np.inf)))
            assert len(rows) == one.right + one.false
    assert both == [[0.5, 0.5], [0.5, 0.5]]
