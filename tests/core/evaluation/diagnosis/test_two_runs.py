"""Two runs on the same truth: every truth and false alarm in one list, and refusals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dbs_core.evaluation.diagnosis.change_table import COLUMNS, change_table
from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.difference_figures import difference_figures
from dbs_core.evaluation.diagnosis.two_runs import comparable, compare
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.records import ClassList, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.diagnosis.judged import has_action, judged_of
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs

TIOU = (0.3, 0.5)


def truth_of(spans, labels):
    return VideoTruth(made(spans, labels), np.zeros((0, 2)))


TRUTH = {"v": truth_of([[20, 30], [0, 10], [40, 50]], [1, 1, 2])}
"""The order in the file is not that of time."""


def two(found_a, found_b, truth=TRUTH, rule=THUMOS, draws=0, least=None):
    a = judged_of(found_a, truth, rule, name="a")
    b = comparable(a, judged_of(found_b, truth, rule, name="b"))
    return compare(
        *(diagnose(one, tiou=TIOU, least=least) for one in (a, b)), draws=draws
    )


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
@settings(max_examples=40)
@given(run=runs(), other=runs())
def test_every_truth_and_false_alarm_is_listed_once(rule, run, other):
    truth = run[1]
    assume(has_action(truth))
    both = two(run[0], other[0], truth, rule)
    for tiou in TIOU:
        table = change_table(both, tiou)
        truths = table.count(truths=True)
        assert sum(truths.values()) == sum(len(k.segments) for k in truth.values())
        alarms = table.count(truths=False)
        level = both.a.marks.at(tiou)
        for one, own, found in (
            (both.a, "fixed", "broken"),
            (both.b, "broken", "fixed"),
        ):
            false = int(one.marks.false[level].sum())
            assert alarms["both wrong"] + alarms[own] == false
            assert truths["both right"] + truths[found] == one.marks.true[level].sum()
        assert alarms["both right"] == 0


@settings(max_examples=40)
@given(run=runs(), data=st.data())
def test_a_run_beside_itself_changes_nothing(run, data):
    """Not even where its videos come in another order."""
    found, truth = run
    assume(has_action(truth))
    turned = dict(data.draw(st.permutations(list(found.items()))))
    table = change_table(two(found, turned, truth), 0.5)
    assert table.count(truths=True)["fixed"] == table.count(truths=True)["broken"] == 0
    assert set(table.count(truths=False).values()) <= {
        0,
        table.count(truths=False)["both wrong"],
    }
    np.testing.assert_array_equal(table.a.kind, table.b.kind)
    np.testing.assert_array_equal(table.a.score, table.b.score)
    for i in np.flatnonzero(table.is_truth):
        one = truth[table.videos[table.spans.video[i]]].segments
        assert one.spans_s[table.spans.truth[i]].tolist() == (
            table.spans.spans_s[i].tolist()
        )


def test_fixed_broken_and_both_wrong():
    """b finds the second dive, loses the first, and has a false alarm of its own."""
    table = change_table(
        two(
            {"v": made([[0, 10], [60, 70]], [1, 1], [0.9, 0.8])},
            {"v": made([[20, 29], [60, 68], [80, 90]], [1, 1, 2], [0.7, 0.6, 0.5])},
        ),
        0.5,
    )
    rows = [[row[name] for name in COLUMNS[1:]] for row in table.to_rows()]
    assert [row[:6] for row in rows] == [
        ["broken", "truth", "v", "Dive", 0, 10],
        ["fixed", "truth", "v", "Dive", 20, 30],
        ["both wrong", "truth", "v", "Jump", 40, 50],
        ["both wrong", "false alarm", "v", "Dive", 60, 70],
        ["broken", "false alarm", "v", "Jump", 80, 90],
    ]
    assert [row[12:] for row in rows] == [
        [1, 0, None],
        [0, None, 0],
        [2, None, None],
        [None, 1, 1],
        [None, None, 2],
    ]
    assert [row[6:12] for row in rows] == [
        ["found", 0.9, 1, "missed", None, 0],
        ["missed", None, 0, "found", 0.7, 0.9],
        ["missed", None, 0, "missed", None, 0],
        ["background", 0.8, 0, "background", 0.6, 0],
        [None, None, None, "background", 0.5, 0],
    ]
    assert len(table.only(changes=["broken"], truths=False)) == 1
    assert len(table.only(classes=["Jump"])) == 2
    assert len(table.only(videos=[])) == 0
    assert table.b.detection.tolist() == [-1, 0, -1, 1, 2]


def test_at_one_threshold_the_interval_is_the_same():
    """And of the others the difference alone is known."""
    found = {"v": made([[0, 10], [20, 29]], [1, 1], [0.9, 0.8])}
    truth = TRUTH | {"w": truth_of([[0, 10]], [1])}
    whole = two({"w": made([[0, 6]], [1])}, found, truth, draws=200)
    one = compare(whole.a, whole.b, tiou=0.5, draws=200)
    all_of_it, part = difference_figures(whole), difference_figures(one)
    assert "low" in all_of_it["difference"]["0.5"]
    assert part["difference"]["0.5"] == all_of_it["difference"]["0.5"]
    assert part["difference"]["0.3"] == {
        "estimate": all_of_it["difference"]["0.3"]["estimate"]
    }
    counted = difference_figures(whole, 0.5)
    for lists in ("truths", "false_alarms"):
        assert counted.pop(lists) == {"0.5": all_of_it.pop(lists)["0.5"]}
    assert counted == all_of_it


def test_the_difference_is_b_less_a():
    both = two({}, {"v": made([[0, 10], [20, 30]], [1, 1], [0.9, 0.8])}, draws=10)
    assert both.difference.mean.estimate.tolist() == [0.5, 0.5]
    assert both.difference.of_class[0].estimate.tolist() == [1, 1]
    assert both.difference.of_class[1].estimate.tolist() == [0, 0]


def refused(other, message):
    with pytest.raises(InputError, match=message) as error:
        comparable(judged_of({}, TRUTH, name="a"), other)
    assert "\n" not in str(error.value)


def test_what_cannot_be_compared_is_refused_with_the_reason():
    b = judged_of({}, TRUTH, name="b")
    assert comparable(judged_of({}, TRUTH), b) is b
    refused(replace(b, rule=ACTIVITYNET), "another protocol than a.*wanted thumos14")
    other = {**TRUTH, "w": VideoTruth.none()}
    refused(replace(b, truths=other), "b: other videos than a has.*2 videos, w is on")
    refused(replace(b, truths=other, split="train"), "another split.*test.*train")
    refused(
        replace(b, truths={"v": truth_of([[0, 9], [20, 30], [40, 50]], [1, 1, 2])}),
        "b: v: other truth than a has",
    )
    ambiguous = VideoTruth(TRUTH["v"].segments, np.array([[60.0, 70.0]]))
    refused(replace(b, truths={"v": ambiguous}), "other truth")
    refused(replace(b, classes=ClassList(("Dive", "Run"), (7, 3))), "other classes")


def test_truth_in_another_order_and_of_another_class_list_is_the_same():
    turned = ClassList(CLASSES.names[::-1], CLASSES.official_ids[::-1])
    b = replace(
        judged_of({}, TRUTH),
        classes=turned,
        truths={"v": truth_of([[0, 10.0004], [40, 50], [20, 30]], [2, 1, 2])},
    )
    a = judged_of({"v": made([[0, 10], [20, 30]], [1, 1])}, TRUTH)
    pair = [diagnose(one, tiou=TIOU) for one in (a, comparable(a, b))]
    table = change_table(compare(*pair, draws=0), 0.5)
    assert table.count(truths=True) == {
        "fixed": 0,
        "broken": 2,
        "both wrong": 1,
        "both right": 0,
    }


def test_other_thresholds_are_refused():
    a, b = (judged_of({}, TRUTH, name=name) for name in "ab")
    with pytest.raises(InputError, match="b: looked at with other thresholds"):
        compare(diagnose(a, tiou=(0.5,)), diagnose(b, tiou=(0.3,)))
    with pytest.raises(InputError, match="other thresholds"):
        compare(diagnose(a, tiou=(0.5,)), diagnose(b, tiou=(0.5,), least=0.1))
