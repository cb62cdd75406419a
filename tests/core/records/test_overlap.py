"""IoU and NMS against slow, obvious loops and hand-worked cases."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.evaluation.protocols.span_table import joined
from dbs_core.records import Segments
from dbs_core.records.overlap import nms, nms_within, paired_iou, temporal_iou
from tests.core.evaluation.protocols.strategies import made

spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20)).map(
        lambda p: (p[0] / 4, (p[0] + p[1]) / 4)
    ),
    min_size=0,
    max_size=12,
)


def as_array(pairs):
    return np.array(pairs, np.float64).reshape(-1, 2)


def slow_iou(a, b):
    shared = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def slow_nms(segments, threshold):
    order = sorted(range(len(segments)), key=lambda i: (-segments.scores[i], i))
    kept, lost = [], {}
    for i in order:
        winners = [
            j
            for j in kept
            if segments.labels[j] == segments.labels[i]
            and slow_iou(segments.spans_s[j], segments.spans_s[i]) > threshold
        ]
        if winners:
            lost[i] = winners[0]
        else:
            kept.append(i)
    return [lost.get(i, -1) for i in range(len(segments))]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param([0, 2], [1, 3], 1 / 3, id="half shared"),
        pytest.param([0, 4], [1, 2], 1 / 4, id="inside"),
        pytest.param([0, 1], [1, 2], 0.0, id="only touching"),
        pytest.param([0, 1], [5, 6], 0.0, id="apart"),
        pytest.param([2, 2], [2, 2], 0.0, id="no length"),
    ],
)
@pytest.mark.parametrize("by", ["sum", "hull"])
def test_iou_by_hand(a, b, expected, by):
    assert temporal_iou(as_array([a]), as_array([b]), by=by)[0, 0] == expected
    assert paired_iou(as_array([a]), as_array([b]), by=by)[0] == expected


@given(spans, spans, st.sampled_from(["sum", "hull"]))
def test_iou_is_what_a_loop_gives(a, b, by):
    got = temporal_iou(as_array(a), as_array(b), by=by)
    want = np.array([[slow_iou(x, y) for y in b] for x in a]).reshape(len(a), len(b))
    np.testing.assert_allclose(got, want, atol=1e-12)


@given(spans, st.floats(-50, 50), st.floats(0.1, 10))
def test_iou_is_symmetric_bounded_and_unmoved_by_shift_and_scale(a, shift, scale):
    a = as_array(a)
    iou = temporal_iou(a, a)
    np.testing.assert_allclose(iou, iou.T)
    np.testing.assert_allclose(np.diag(iou), 1.0)
    assert ((iou >= 0) & (iou <= 1)).all()
    moved = a * scale + shift
    np.testing.assert_allclose(temporal_iou(moved, moved), iou, atol=1e-9)


@st.composite
def segment_lists(draw):
    pairs = draw(spans)
    n = len(pairs)
    return made(
        pairs,
        draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)),
        draw(st.lists(st.sampled_from([0.1, 0.5, 0.9]), min_size=n, max_size=n)),
    )


@given(segment_lists(), st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]))
def test_nms_is_what_a_loop_gives(segments, threshold):
    assert nms(segments, threshold).tolist() == slow_nms(segments, threshold)


@given(
    st.lists(segment_lists(), min_size=1, max_size=5),
    st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)
def test_many_videos_at_once_are_each_by_itself(videos, threshold):
    """Wherever their times lie: far from zero, and one after the other or not."""
    far = [replace(one, spans_s=one.spans_s + 2.0**i) for i, one in enumerate(videos)]
    whole = joined(far)
    number = np.repeat(np.arange(len(far)), [len(one) for one in far])
    got = nms_within(whole, number * 10 + whole.labels, threshold)
    start, wanted = 0, []
    for one in far:
        wanted += [w if w < 0 else w + start for w in slow_nms(one, threshold)]
        start += len(one)
    assert got.tolist() == wanted


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.7])
def test_groups_with_many_neighbours_and_with_few_are_told_apart(threshold):
    random = np.random.default_rng(0)
    starts = np.concatenate([random.uniform(0, 3, 90), random.uniform(0, 900, 90)])
    spans_s = np.stack([starts, starts + random.uniform(1, 4, 180)], axis=1)
    segments = made(spans_s, [1] * 90 + [2] * 90, random.random(180))
    assert nms(segments, threshold).tolist() == slow_nms(segments, threshold)


@given(segment_lists(), st.sampled_from([0.0, 0.3, 0.9]))
def test_nms_is_idempotent_and_leaves_no_pair_above_the_threshold(segments, threshold):
    kept = segments.select(nms(segments, threshold) < 0)
    assert (nms(kept, threshold) < 0).all()
    iou = temporal_iou(kept.spans_s, kept.spans_s)
    same = kept.labels[:, None] == kept.labels[None, :]
    np.fill_diagonal(same, False)
    assert (iou[same] <= threshold).all()


def test_nms_of_nothing_is_nothing():
    assert nms(Segments.empty(), 0.5).shape == (0,)


def test_equal_scores_are_won_by_the_earlier_index():
    segments = made([[0, 10], [0, 9], [0, 9.5]], [1, 1, 1], [0.5, 0.5, 0.5])
    assert nms(segments, 0.4).tolist() == [-1, 0, 0]


def test_the_threshold_itself_is_kept():
    segments = made([[0, 2], [0, 1]], [1, 1], [0.9, 0.5])
    assert nms(segments, 0.5).tolist() == [-1, -1]
