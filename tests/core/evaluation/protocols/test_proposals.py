"""Average recall against number of proposals, against a slow loop and by hand."""

import numpy as np
import pytest
from hypothesis import given

from dbs_core.evaluation.protocols.proposals import average_recall, recall_at
from dbs_core.records import Segments, VideoTruth
from tests.core.evaluation.protocols.slow_kits import overlap
from tests.core.evaluation.protocols.strategies import made, runs

TIOU = (0.5, 0.75)


def slow_recall(found, truth, tiou, share):
    """Recall when each video's best int(n * share) proposals are looked at."""
    hits = total = 0
    for video, known in truth.items():
        proposals = found.get(video, Segments.empty())
        order = sorted(range(len(proposals)), key=lambda i: (-proposals.scores[i], -i))
        looked_at = order[: int(len(proposals) * share)]
        for span in known.segments.spans_s:
            total += 1
            hits += any(overlap(proposals.spans_s[i], span) >= tiou for i in looked_at)
    return hits / total


@given(runs())
def test_recall_is_what_a_loop_gives(run):
    found, truth = run
    if not any(len(known.segments) for known in truth.values()):
        return
    found = {video: s for video, s in found.items() if video in truth}
    found = {v: s for v, s in found.items() if len(truth[v].segments)}
    report = average_recall(found, truth, tiou=TIOU)
    for k, tiou in enumerate(TIOU):
        if any(map(len, found.values())):
            for point in (0, 9, 49, 99):
                share = np.arange(1, 101)[point] / 100
                want = slow_recall(found, truth, tiou, share)
                assert report.recall[k, point] == pytest.approx(want)
        most = max(map(len, found.values()), default=0)
        assert recall_at(found, truth, most, tiou=TIOU)[k] == pytest.approx(
            slow_recall(found, truth, tiou, 1.0)
        )


def test_one_video_by_hand():
    """The good proposal comes second of four: from 50 % on all is recalled."""
    found = {"v": made([[50, 60], [0, 10], [60, 70], [70, 80]], [0] * 4, [4, 3, 2, 1])}
    truth = {"v": VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2)))}
    report = average_recall(found, truth)
    assert (report.average_recall[:49] == 0).all()
    assert (report.average_recall[49:] == 1).all()
    assert report.proposals_per_video[[24, 49, 99]].tolist() == [1, 2, 4]
    assert report.area == pytest.approx((2 + 0.02) / 4)  # one half step
    assert report.at(3.0) == 1
    assert recall_at(found, truth, 1).tolist() == [0] * 10
    assert recall_at(found, truth, 2).tolist() == [1] * 10


def test_truths_may_share_a_proposal_whatever_their_class():
    found = {"v": made([[0, 10]], [0], [1.0])}
    truth = {"v": VideoTruth(made([[0, 10], [0, 9]], [1, 2]), np.zeros((0, 2)))}
    assert recall_at(found, truth, 1, tiou=(0.5,)).tolist() == [1.0]


def test_a_limit_on_the_average_number_cuts_every_video_alike():
    found = {
        "v": made([[0, 10], [20, 30]], [0, 0], [2.0, 1.0]),
        "w": made([[20, 30], [0, 10]], [0, 0], [2.0, 1.0]),
    }
    known = VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2)))
    report = average_recall(found, {"v": known, "w": known}, most=1.0)
    assert report.average_recall[-1] == 0.5
    assert report.proposals_per_video[-1] == 1.0


def test_nothing_proposed_or_nothing_true():
    known = {"v": VideoTruth(made([[0, 10]], [1]), np.zeros((0, 2)))}
    assert average_recall({}, known).average_recall[-1] == 0
    assert np.isnan(average_recall({}, {}).area)
    assert np.isnan(recall_at({}, {}, 5)).all()
