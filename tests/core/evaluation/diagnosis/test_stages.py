"""Where in our own path a truth was lost: one hand-made case for each stage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.evaluation.diagnosis.stages import (
    STAGES,
    losses,
    stages_of,
    stages_of_all,
)
from dbs_core.evaluation.protocols import thumos
from dbs_core.evaluation.protocols.span_table import joined
from dbs_core.evaluation.traces import Trace, TraceTable
from dbs_core.records import Candidates, Segments, VideoTruth
from dbs_core.records.overlap import nms
from tests.core.evaluation.protocols.strategies import made, segments

TRUTH = made([[0, 10]], [1])
HALF = np.array([0.5])


def candidates(spans, labels, proposal, suppressed):
    scores = np.linspace(0.9, 0.1, len(spans))
    return Candidates(
        made(spans, labels, scores),
        np.array(proposal, np.int64),
        np.zeros(len(spans)),
        np.array(suppressed, np.int64),
    )


@pytest.mark.parametrize(
    ("stage", "proposals", "made_of_them", "found"),
    [
        ("found", [[0, 10]], ([[0, 10]], [1], [0], [-1]), True),
        ("shared", [[0, 10]], ([[0, 10]], [1], [0], [-1]), False),
        (
            "suppressed",
            [[0, 10], [0, 24]],
            ([[0, 24], [0, 10]], [1, 1], [1, 0], [-1, 0]),
            False,
        ),
        ("badly cut", [[0, 10]], ([[0, 3]], [1], [0], [-1]), False),
        ("misnamed", [[0, 10]], ([[0, 10]], [2], [0], [-1]), False),
        ("misnamed", [[0, 10]], ([[0, 3]], [2], [0], [-1]), False),
        ("filtered", [[0, 10]], ([], [], [], []), False),
        ("filtered", [[0, 10], [50, 60]], ([[50, 60]], [1], [1], [-1]), False),
        ("never proposed", [[50, 60]], ([[50, 60]], [1], [0], [-1]), False),
        ("never proposed", [], ([], [], [], []), False),
    ],
)
def test_each_stage(stage, proposals, made_of_them, found):
    proposals = made(proposals, [0] * len(proposals))
    numbers = stages_of(
        TRUTH, np.array([[found]]), proposals, candidates(*made_of_them), HALF
    )
    assert STAGES[numbers[0, 0]] == stage


def test_the_furthest_stage_counts():
    """One proposal is filtered, one misnamed, one badly cut: badly cut."""
    proposals = made([[0, 10], [0, 9], [1, 10]], [0, 0, 0])
    some = candidates([[0, 10], [0, 2]], [2, 1], [1, 2], [-1, -1])
    numbers = stages_of(TRUTH, np.array([[False]]), proposals, some, HALF)
    assert STAGES[numbers[0, 0]] == "badly cut"


@given(segments(scores=False), segments(most=7), st.sampled_from([0.3, 0.5]))
def test_every_truth_has_one_stage_and_found_ones_are_found(truth, spans, tiou):
    """Candidates straight from proposals, thinned out by the project's NMS."""
    proposals = Segments(spans.spans_s, np.zeros(len(spans), np.int64), spans.scores)
    some = Candidates(
        spans, np.arange(len(spans)), np.zeros(len(spans)), nms(spans, 0.4)
    )
    known = VideoTruth(truth, np.zeros((0, 2)))
    marks = thumos.match({"v": some.detections}, {"v": known}, tiou=(tiou,))
    found = marks.of_video("v", tiou).found_by >= 0
    (stages,) = stages_of(truth, found[None], proposals, some, np.array([tiou]))
    assert ((stages == STAGES.index("found")) == found).all()
    assert losses(stages, truth.labels, 2).sum() == len(truth)
    assert "badly cut" not in {STAGES[s] for s in stages}  # nothing was cut


def test_losses_by_class():
    table = losses(np.array([0, 6, 6]), np.array([1, 2, 2]), 2)
    assert table.sum() == 3
    assert table[0, 0] == 1
    assert table[1, 6] == 2


@pytest.mark.parametrize(
    ("least", "stage"),
    [(None, "shared"), (0.9, "shared"), (0.91, "below threshold")],
)
def test_a_detection_that_scores_too_little_is_below_the_threshold(least, stage):
    some = candidates([[0, 10]], [1], [0], [-1])  # scores 0.9
    proposals = made([[0, 10]], [0])
    numbers = stages_of(TRUTH, np.array([[False]]), proposals, some, HALF, least)
    assert STAGES[numbers[0, 0]] == stage


def overlap(one, other):
    shared = min(one[1], other[1]) - max(one[0], other[0])
    union = (one[1] - one[0]) + (other[1] - other[0]) - shared
    return max(shared, 0) / union


def told(truth, label, found, trace, tiou, least):
    """Say in plain Python how far one truth came, as the module's own list says it."""
    made = trace.candidates
    rows = [
        (
            made.segments.labels[i] == label,
            overlap(truth, made.segments.spans_s[i]) >= tiou,
            overlap(truth, trace.proposals.spans_s[made.proposal[i]]) >= tiou,
            made.suppressed_by[i] < 0,
            least is None or made.segments.scores[i] >= least,
        )
        for i in range(len(made.segments))
    ]
    if found:
        return "found"
    if any(named and fits and kept and enough for named, fits, _, kept, enough in rows):
        return "shared"
    if any(named and fits and kept for named, fits, _, kept, _ in rows):
        return "below threshold"
    if any(named and fits for named, fits, *_ in rows):
        return "suppressed"
    if any(named and source for named, _, source, *_ in rows):
        return "badly cut"
    if any(fits or source for _, fits, source, *_ in rows):
        return "misnamed"
    if any(overlap(truth, one) >= tiou for one in trace.proposals.spans_s):
        return "filtered"
    return "never proposed"


def drawn_trace(rng):
    """Proposals and candidates of coarse times; sometimes none of either."""
    count, made_of = rng.integers(0, 6), rng.integers(0, 8)
    starts = rng.integers(0, 12, count)
    proposals = made(
        np.stack([starts, starts + rng.integers(1, 9, count)], 1), np.zeros(count)
    )
    n = made_of if count else 0
    starts = rng.integers(0, 12, n)
    some = Candidates(
        made(
            np.stack([starts, starts + rng.integers(1, 9, n)], 1),
            rng.integers(1, 3, n),
            rng.choice([0.2, 0.5, 0.9], n),
        ),
        rng.integers(0, max(count, 1), n),
        np.zeros(n),
        np.where(rng.random(n) < 0.5, -1, rng.integers(0, max(n, 1), n)),
    )
    return Trace(proposals, some)


@pytest.mark.parametrize("least", [None, 0.5])
def test_many_videos_at_once_are_told_as_each_truth_alone(least, monkeypatch):
    monkeypatch.setattr("dbs_core.evaluation.diagnosis.stages._AT_ONCE", 7)  # in parts
    rng, tiou = np.random.default_rng(0), np.array([0.3, 0.5, 0.75])
    traces = [drawn_trace(rng) for _ in range(60)]
    truths = []
    for _ in traces:
        count = rng.integers(0, 5)
        starts = rng.integers(0, 12, count)
        ends = starts + rng.integers(1, 9, count)
        truths.append(made(np.stack([starts, ends], 1), rng.integers(1, 3, count)))
    video = np.repeat(np.arange(len(traces)), [len(one) for one in truths])
    every = joined(truths)
    found = rng.random((3, len(every))) < 0.2
    shuffled = rng.permutation(len(every))  # truths need not lie video by video
    stages = stages_of_all(
        every.select(shuffled),
        video[shuffled],
        found[:, shuffled],
        TraceTable.of(traces),
        tiou,
        least,
    )
    seen = set()
    for column, at in enumerate(shuffled):
        for level, threshold in enumerate(tiou):
            wanted = told(
                every.spans_s[at],
                every.labels[at],
                found[level, at],
                traces[video[at]],
                threshold,
                least,
            )
            assert STAGES[stages[level, column]] == wanted
            seen.add(wanted)
    assert seen == set(STAGES) - (set() if least else {"below threshold"})
