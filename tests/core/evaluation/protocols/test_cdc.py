"""CDC's preparation of detections, step by step (METHOD section 7)."""

import numpy as np
import pytest

from dbs_core.evaluation.protocols.cdc import (
    CdcRules,
    DurationPrior,
    double,
    evaluate,
    prepare,
)
from dbs_core.evaluation.protocols.exclusions import excluded
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.protocols.strategies import made

DIVES = ClassList(("CliffDiving", "Diving", "Jump"), (22, 26, 40))
PAIR = (("CliffDiving", "Diving"),)
NONE = CdcRules(nms_below=None, doubled=(), decimals=None)


def truth(spans, labels):
    return {"v": VideoTruth(made(spans, labels), np.zeros((0, 2)))}


def test_cliff_dives_are_doubled_as_dives():
    both = double(made([[0, 1], [2, 3]], [1, 3], [0.9, 0.5]), DIVES, PAIR)
    assert both.labels.tolist() == [1, 3, 2]
    assert both.spans_s[2].tolist() == [0, 1]
    assert both.scores[2] == 0.9


def test_no_doubling_without_the_classes():
    jumps = ClassList(("Jump",), (1,))
    assert len(double(made([[0, 1]], [1], [0.9]), jumps, PAIR)) == 1


def test_doubled_dives_are_not_suppressed_by_dives():
    """CDC doubles after NMS."""
    found = {"v": made([[0, 10], [0, 10]], [1, 2], [0.5, 0.9])}
    prepared = prepare(found, DIVES, CdcRules(), 0.5)["v"]
    assert sorted(prepared.labels.tolist()) == [1, 2, 2]


def test_the_nms_limit_follows_the_threshold():
    """IoU of the two is 0.5: kept at threshold 0.7 (limit 0.6), not at 0.5 (0.4)."""
    found = {"v": made([[0, 10], [0, 5]], [3, 3], [0.9, 0.5])}
    assert len(prepare(found, DIVES, CdcRules(), 0.7)["v"]) == 2
    assert len(prepare(found, DIVES, CdcRules(), 0.5)["v"]) == 1


def test_each_threshold_is_evaluated_on_its_own_detections():
    """The second detection is true and overlaps the first: NMS removes it at 0.5."""
    found = {"v": made([[0, 10], [0, 5]], [3, 3], [0.9, 0.5])}
    report = evaluate(
        found, truth([[0, 10], [0, 5]], [3, 3]), DIVES, CdcRules(), tiou=(0.5, 0.7)
    )
    assert report.mean.tolist() == [0.5, 1.0]


def test_the_prior_multiplies_by_the_normal_density_of_log_length():
    prior = DurationPrior(
        np.array([np.nan, np.nan, 5.0]), np.array([np.nan, np.nan, 2])
    )
    weighed = prior.weigh(made([[0, 2**7 / 25], [0, 1]], [3, 1], [0.5, 0.5]))
    density = np.exp(-0.5) / (2 * np.sqrt(2 * np.pi))
    assert weighed.scores.tolist() == pytest.approx([0.5 * density, 0.5])


def test_a_prior_of_one_or_equal_lengths_leaves_scores():
    prior = DurationPrior.fit(truth([[0, 1], [2, 3], [0, 5]], [1, 1, 2]), DIVES)
    assert np.isnan(prior.mean).all()
    found = {"v": made([[0, 1]], [1], [0.5])}
    rules = CdcRules(prior, nms_below=None)
    assert prepare(found, DIVES, rules, 0.5)["v"].scores[0] == 0.5


def test_times_are_rounded_to_tenths_and_never_vanish():
    found = {"v": made([[0.04, 1.26], [3.01, 3.04]], [3, 3], [0.5, 0.5])}
    spans = prepare(found, DIVES, CdcRules(), 0.5)["v"].spans_s
    assert spans[0].tolist() == [0.0, 1.3]
    assert spans[1, 0] == 3.0
    assert 3.0 < spans[1, 1] < 3.001


def test_rules_are_said_in_words():
    report = evaluate({}, truth([[0, 1]], [3]), DIVES, CdcRules())
    assert "NMS at the threshold - 0.1" in report.rules
    assert "CliffDiving also as Diving" in report.rules
    bare = evaluate({}, truth([[0, 1]], [3]), DIVES, NONE)
    assert len(bare.rules) == 2


def test_an_unknown_exclusion_list_is_named():
    with pytest.raises(InputError, match="got 211"):
        excluded("211")
