"""The five kinds of false detection, against a loop over DETAD's rules and by hand."""

import numpy as np
import pytest
from hypothesis import given

from dbs_core.datasets.formats import load_detections, load_truth
from dbs_core.evaluation.diagnosis.false_positives import (
    BACKGROUND,
    CONFUSION,
    DOUBLE,
    FALSE_KINDS,
    IGNORED,
    KINDS,
    LABEL,
    LOCATION,
    TRUE,
    ceiling,
    error_kinds,
    gains,
    profile,
)
from dbs_core.evaluation.protocols import activitynet, thumos
from dbs_core.evaluation.protocols.report import report
from dbs_core.records import VideoTruth
from tests.core.evaluation.protocols.slow_kits import overlap
from tests.core.evaluation.protocols.strategies import CLASSES, made, runs
from tests.shared_data import shared_data

TIOU = (0.3, 0.5)


def slow_kind(span, label, truths, tiou):
    """Judge an unmatched detection by the truth it overlaps most, own class first."""
    best = max(
        ((overlap(span, t), own == label, own) for t, own in truths),
        default=(0.0, False, 0),
    )
    if best[0] >= tiou:
        return DOUBLE if best[1] else LABEL
    if best[0] >= 0.1:
        return LOCATION if best[1] else CONFUSION
    return BACKGROUND


@pytest.mark.parametrize("protocol", [thumos, activitynet])
@given(run=runs())
def test_kinds_are_what_a_loop_gives(protocol, run):
    found, truth = run
    marks = protocol.match(found, truth, tiou=TIOU)
    kinds = error_kinds(marks)
    for i in range(len(marks.found)):
        video = marks.videos[marks.found.video[i]]
        known = truth.get(video, VideoTruth.none()).segments
        truths = list(zip(known.spans_s.tolist(), known.labels.tolist(), strict=True))
        span = marks.found.segments.spans_s[i].tolist()
        label = int(marks.found.segments.labels[i])
        for k, tiou in enumerate(TIOU):
            if marks.true[k, i]:
                want = TRUE
            elif marks.ignored[k, i]:
                want = IGNORED
            else:
                want = slow_kind(span, label, truths, tiou)
            assert KINDS[kinds.kind[k, i]] == KINDS[want]


def case(spans, labels, scores, truth, truth_labels):
    found = {"v": made(spans, labels, scores), "w": made([[0, 1]], [1], [0.05])}
    known = {"v": VideoTruth(made(truth, truth_labels), np.zeros((0, 2)))}
    return activitynet.match(found, known, tiou=(0.5,))


def test_one_of_each_kind_and_a_video_without_truth():
    """Truths: Dive 0-10, Jump 20-30. The second video has none: background."""
    marks = case(
        [[0, 10], [0, 9], [20, 30], [0, 3], [28, 38], [50, 60]],
        [1, 1, 1, 1, 1, 1],
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
        [[0, 10], [20, 30]],
        [1, 2],
    )
    kinds = error_kinds(marks)
    names = [KINDS[number] for number in kinds.kind[0]]
    assert names == [
        "true",
        "double",
        "label",
        "location",
        "confusion",
        "background",
        "background",
    ]
    assert kinds.nearest.tolist() == [0, 0, 1, 0, 1, 0, -1]


def test_of_equal_overlaps_the_own_class_is_judged():
    """A cliff dive is annotated as both; a second detection of one is a double."""
    marks = case([[0, 10], [0, 10]], [2, 2], [0.9, 0.8], [[0, 10], [0, 10]], [1, 2])
    assert [KINDS[k] for k in error_kinds(marks).kind[0][:2]] == ["true", "double"]


@given(runs())
def test_the_profile_counts_every_detection_of_the_top_once(run):
    marks = thumos.match(*run, tiou=TIOU)
    counts = profile(marks, error_kinds(marks), CLASSES, groups=10)
    found, truth = marks.found.segments.labels, marks.truth.segments.labels
    for k in range(len(TIOU)):
        want = sum(
            min((found == label).sum(), 10 * (truth == label).sum()) for label in (1, 2)
        )
        assert counts[k].sum() == want


def test_groups_are_steps_of_the_number_of_truths():
    """Two truths of Dive: the best two detections are 1G, the next two 2G."""
    marks = case(
        [[0, 10], [50, 60], [70, 80], [20, 30]],
        [1, 1, 1, 1],
        [0.9, 0.8, 0.7, 0.6],
        [[0, 10], [20, 30]],
        [1, 1],
    )
    counts = profile(marks, error_kinds(marks), CLASSES, groups=3)[0]
    assert counts[:, TRUE].tolist() == [1, 1, 0]
    assert counts[:, BACKGROUND].tolist() == [1, 1, 1]


def test_removing_what_costs_gives_what_it_cost():
    """Background first, then the truth: 1/2 becomes 1 without the background."""
    marks = case([[50, 60], [0, 10]], [1, 1], [0.9, 0.8], [[0, 10]], [1])
    kinds = error_kinds(marks)
    gain = gains(marks, kinds, CLASSES, interpolation="none")[0]
    assert dict(zip(FALSE_KINDS, gain.tolist(), strict=True)) == {
        "double": 0,
        "label": 0,
        "location": 0,
        "confusion": 0,
        "background": 0.5,
    }


@given(runs())
def test_removing_false_detections_never_costs(run):
    marks = thumos.match(*run, tiou=TIOU)
    gain = gains(marks, error_kinds(marks), CLASSES, interpolation="none", groups=None)
    assert ((gain >= -1e-12) | np.isnan(gain)).all()


@given(runs())
def test_the_gain_of_removing_all_kinds_is_recall(run):
    """Without any false detection AP is the share of truths found."""
    marks = thumos.match(*run, tiou=TIOU)
    whole = report(marks, CLASSES, protocol="x", interpolation="none")
    kinds = error_kinds(marks)
    for kind in range(DOUBLE, BACKGROUND + 1):
        if ((kinds.kind == kind) == marks.false).all():
            gain = gains(marks, kinds, CLASSES, interpolation="none", groups=None)
            recall = [
                np.mean(
                    [
                        (
                            marks.found_by[k, marks.truth.segments.labels == c] >= 0
                        ).mean()
                        for c in (1, 2)
                        if (marks.truth.segments.labels == c).any()
                    ]
                    or [np.nan]
                )
                for k in range(len(TIOU))
            ]
            np.testing.assert_allclose(whole.mean + gain[:, kind - 1], recall)


def test_kinds_on_real_detections_add_up():
    truth = load_truth(shared_data("thumos14"), "test")
    path = shared_data("detections", "rc3d_thumos14_test.txt")
    found = load_detections(path, truth.classes).found
    marks = thumos.match(found, truth.truths, tiou=(0.5,))
    kinds = error_kinds(marks)
    assert (kinds.kind == TRUE).sum() == marks.true.sum()
    assert (kinds.kind == IGNORED).sum() == marks.ignored.sum()
    assert len(kinds.kind[0]) == 34364


@given(runs())
def test_curing_all_kinds_gives_the_share_of_truths_found(run):
    """The ceiling: recall of each class, over the classes with truth."""
    marks = thumos.match(*run, tiou=TIOU)
    labels = marks.truth.segments.labels
    present = [c for c in (1, 2) if (labels == c).any()]
    for k, value in enumerate(
        ceiling(marks, CLASSES, interpolation="none", groups=None)
    ):
        recall = [(marks.found_by[k, labels == c] >= 0).mean() for c in present]
        np.testing.assert_allclose(value, np.mean(recall) if recall else np.nan)


@given(runs())
def test_how_near_any_detection_of_its_class_came_to_a_truth(run):
    marks = activitynet.match(*run, tiou=TIOU)
    reached = error_kinds(marks).reached
    found, truth = marks.found, marks.truth
    for j in range(len(truth)):
        overlaps = [
            overlap(found.segments.spans_s[i], truth.segments.spans_s[j])
            for i in range(len(found))
            if found.group[i] == truth.group[j]
        ]
        assert reached[j] == pytest.approx(max(overlaps, default=0.0))
    assert (reached[(marks.found_by >= 0)[0]] >= TIOU[0]).all()
