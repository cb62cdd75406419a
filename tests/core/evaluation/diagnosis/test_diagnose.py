"""The whole diagnosis adds up, whatever the run, and so does its list."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dbs_core.evaluation.diagnosis.diagnose import diagnose
from dbs_core.evaluation.diagnosis.error_table import (
    COLUMNS,
    ERRORS,
    ROW_KINDS,
    error_table,
)
from dbs_core.evaluation.diagnosis.figures import figures
from dbs_core.evaluation.diagnosis.intervals import interval_of
from dbs_core.evaluation.diagnosis.stages import STAGES
from dbs_core.evaluation.protocols.rules import ACTIVITYNET, THUMOS
from dbs_core.evaluation.traces import Trace
from dbs_core.records import Candidates, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.diagnosis.judged import has_action, judged_of
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs

TIOU = (0.3, 0.5)


def truth_of(spans, labels):
    return VideoTruth(made(spans, labels), np.zeros((0, 2)))


@pytest.mark.parametrize("rule", [THUMOS, ACTIVITYNET], ids=["thumos", "activitynet"])
@settings(max_examples=40)  # each makes all figures
@given(run=runs(), least=st.sampled_from([None, 0.5]))
def test_it_adds_up(rule, run, least):
    """Right and wrong ones are all detections, found and missed ones all truths."""
    found, truth = run
    assume(has_action(truth))
    diagnosis = diagnose(judged_of(found, truth, rule), tiou=TIOU, least=least)
    detections = sum(int((one.scores >= (least or 0)).sum()) for one in found.values())
    truths = sum(len(known.segments) for known in truth.values())
    values = figures(diagnosis)
    json.dumps(values, allow_nan=False)
    for tiou in TIOU:
        table = error_table(diagnosis, tiou)
        kinds = [ROW_KINDS[k] for k in table.kind]
        count = {kind: kinds.count(kind) for kind in ROW_KINDS}
        level = diagnosis.marks.at(tiou)
        assert sum(count[kind] for kind in ROW_KINDS[:7]) == detections
        assert count["true"] == diagnosis.marks.true[level].sum() == count["found"]
        assert count["found"] + count["missed"] == truths
        assert values["missed"][f"{tiou:g}"] == count["missed"]
        assert len(table.errors) == sum(count[kind] for kind in ERRORS)
        assert (table.is_truth == np.isnan(table.score)).all()


@given(runs())
def test_the_list_says_what_the_files_say(run):
    """Every row's span is the one of its place in its video; best score first."""
    found, truth = run
    assume(has_action(truth))
    table = error_table(diagnose(judged_of(found, truth), tiou=TIOU), 0.5)
    for i in range(len(table)):
        video = table.videos[table.video[i]]
        spans = truth[video].segments if table.is_truth[i] else found[video]
        one = spans[int(table.place[i])]
        assert (one.start_s, one.end_s) == tuple(table.spans_s[i])
        assert one.label == table.label[i]
        if table.truth_place[i] >= 0:
            near = truth[video].segments[int(table.truth_place[i])]
            assert (near.start_s, near.end_s) == tuple(table.truth_s[i])
            assert near.label == table.truth_label[i]
    score = table.score[~table.is_truth]
    assert (np.diff(score) <= 0).all()


def small():
    """Dive 0-10 found and found again; Jump 20-30 missed; w has no truth."""
    found = {
        "v": made([[0, 10], [0, 9], [24, 30]], [1, 1, 1], [0.9, 0.8, 0.7]),
        "w": made([[0, 3]], [2], [0.6]),
    }
    return judged_of(found, {"v": truth_of([[0, 10], [20, 30]], [1, 2])})


def test_rows_as_plain_values():
    rows = error_table(diagnose(small(), tiou=TIOU), 0.5).errors.to_rows()
    table = [[row[name] for name in COLUMNS[1:-3]] for row in rows]
    assert table == [
        ["v", "Dive", 0, 9, 0.8, 0.9, "double", "Dive", 0, 10],
        ["v", "Dive", 24, 30, 0.7, 0.6, "label", "Jump", 20, 30],
        ["w", "Jump", 0, 3, 0.6, 0, "background", None, None, None],
        ["v", "Jump", 20, 30, None, 0, "missed", "Jump", 20, 30],
    ]
    assert [(row["detection"], row["truth"]) for row in rows] == [
        (1, 0),
        (2, 1),
        (0, None),
        (None, 1),
    ]
    assert {row["tiou"] for row in rows} == {0.5}
    assert {row["stage"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"kinds": ["double", "missed"]}, ["double", "missed"]),
        ({"classes": ["Jump"]}, ["background", "missed"]),
        ({"videos": ["w"]}, ["background"]),
        ({"score": (0.7, 0.8)}, ["double", "label"]),
        ({"length_s": (9.0, 10.0)}, ["double", "missed"]),
        ({"classes": ["Dive"], "length_s": (0.0, 6.0)}, ["label"]),
        ({"stages": ["suppressed"]}, []),
        ({"kinds": []}, []),
    ],
)
def test_filters_combine(filters, kinds):
    errors = error_table(diagnose(small(), tiou=TIOU), 0.5).errors
    assert [row["kind"] for row in errors.only(**filters).to_rows()] == kinds


def test_a_run_of_ours_says_where_a_truth_was_lost():
    """From 0.8 on the second dive's own detection is below the threshold."""
    spans = made([[0, 10], [20, 30]], [1, 1], [0.9, 0.7])
    candidates = Candidates(
        spans, np.array([0, 1]), np.zeros(2), np.full(2, -1, np.int64)
    )
    trace = Trace(made([[0, 10], [20, 30]], [0, 0]), candidates)
    judged = judged_of(
        {"v": candidates.detections},
        {"v": truth_of([[0, 10], [20, 30], [50, 60]], [1, 1, 2])},
        traces={"v": trace},
    )
    diagnosis = diagnose(judged, tiou=(0.5,), least=0.8)
    assert [STAGES[s] for s in diagnosis.stages[0]] == [
        "found",
        "below threshold",
        "never proposed",
    ]
    values = figures(diagnosis)
    assert values["stages_by_class"]["0.5"]["Dive"]["below threshold"] == 1
    table = error_table(diagnosis, 0.5)
    assert [row["stage"] for row in table.errors.to_rows()] == [
        "below threshold",
        "never proposed",
    ]
    assert len(table.only(stages=["never proposed"])) == 1
    assert any("from 0.8 on" in rule for rule in diagnosis.rules)


def test_nothing_detected_is_all_missed():
    judged = judged_of({}, {"v": truth_of([[0, 10]], [1])})
    values = figures(diagnose(judged, tiou=TIOU))
    assert values["map"] == {"0.3": 0, "0.5": 0, "average": 0}
    assert set(values["kinds"]["0.5"].values()) == {0}
    assert set(values["gain"]["average"].values()) == {0}
    assert values["missed"]["0.5"] == 1
    assert values["confusion"]["0.5"] == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_a_class_without_truth_is_left_out_and_named():
    judged = judged_of(
        {"v": made([[0, 10], [20, 30]], [1, 2], [0.9, 0.8])},
        {"v": truth_of([[0, 10]], [1])},
    )
    values = figures(diagnose(judged, tiou=(0.5,)))
    assert values["map"]["0.5"] == 100
    assert values["per_class"]["Jump"] == {"0.5": None}
    assert "no truth" in values["notes"][0]
    assert sum(values["kinds"]["0.5"].values()) == 1  # of Jump G is 0


def test_one_class_is_its_own_mean():
    one = replace(
        judged_of(
            {"v": made([[0, 10], [30, 40]], [1, 1], [0.8, 0.9])},
            {"v": truth_of([[0, 10]], [1])},
        ),
        classes=type(CLASSES)(("Dive",), (7,)),
    )
    values = figures(diagnose(one, tiou=(0.5,)))
    assert values["map"]["0.5"] == values["per_class"]["Dive"]["0.5"] == 50
    assert values["map_normalised"] == values["map"]
    assert values["gain"]["0.5"]["background"] == 50
    assert values["confusion"]["0.5"] == [[0, 1], [0, 1]]


def test_no_truth_at_all_is_one_line():
    with pytest.raises(InputError, match=r"some: no action annotated in the 1 videos"):
        judged_of({"v": made([[0, 1]], [1])}, {"v": VideoTruth.none()})


def test_classes_of_another_list_are_put_in_its_order():
    judged = small()
    turned = judged.in_classes(type(CLASSES)(("Jump", "Dive"), (3, 7)))
    assert turned.found["v"].labels.tolist() == [2, 2, 2]
    assert turned.truths["v"].segments.labels.tolist() == [2, 1]
    with pytest.raises(InputError, match="other classes"):
        judged.in_classes(type(CLASSES)(("Jump",), (3,)))


@pytest.mark.parametrize(
    ("durations", "known"),
    [
        ({}, ["coverage", "instances"]),  # shares of the video
        ({"v": 1.0}, ["coverage", "instances"]),
        ({"v": 20.0}, ["coverage", "length", "instances"]),
    ],
)
def test_short_actions_of_long_videos_are_no_shares(durations, known):
    """All times below 1: seconds all the same where the video is longer."""
    judged = judged_of({}, {"v": truth_of([[0, 0.5]], [1])}, durations=durations)
    diagnosis = diagnose(judged, tiou=(0.5,))
    assert list(diagnosis.characteristics) == known


@given(runs())
def test_rows_of_a_class_lead_to_each_other(run):
    """From the first one on all of the class are met, and back."""
    found, truth = run
    assume(has_action(truth))
    table = error_table(diagnose(judged_of(found, truth), tiou=TIOU), 0.5)
    for label in set(table.label.tolist()):
        own = [i for i in range(len(table)) if table.label[i] == label]
        for row, before, after in zip(
            own, [None, *own[:-1]], [*own[1:], None], strict=True
        ):
            assert (table.beside(row, -1), table.beside(row, 1)) == (before, after)


@settings(max_examples=20)
@given(runs())
def test_the_interval_at_one_threshold_is_that_of_all(run):
    found, truth = run
    assume(has_action(truth))
    diagnosis = diagnose(judged_of(found, truth), tiou=TIOU)
    every = interval_of(diagnosis, draws=50)
    for level, tiou in enumerate(TIOU):
        one = interval_of(diagnosis, tiou=tiou, draws=50)
        for part in ("estimate", "low", "high"):
            assert getattr(one, part)[0] == getattr(every, part)[level]
