"""Per-frame labelling against loops and hand-worked cases (METHOD 8.4, 11.11)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from dbs_core.evaluation.protocols.frame_grid import grid_places, grid_times, held
from dbs_core.evaluation.protocols.frames import frame_map, frame_precision
from dbs_core.records import ClassList, FrameScores, VideoTruth
from dbs_core.runtime.errors import InputError
from tests.core.evaluation.protocols.strategies import made

ONE = ClassList(("Jump",), (1,))
DIVES = ClassList(("CliffDiving", "Diving"), (5, 8))


def scored(values, step_s=1.0):
    """Give one class's scores, a frame every step; background is the rest."""
    values = np.asarray(values, np.float32).reshape(len(values), -1)
    table = np.column_stack([1 - values[:, :1], values])
    return FrameScores(
        table.astype(np.float32), np.arange(len(values)) * step_s, len(values) * step_s
    )


def truth(spans, labels, ambiguous=()):
    return VideoTruth(made(spans, labels), np.array(ambiguous, float).reshape(-1, 2))


def test_one_class_by_hand():
    """Ranks of the positive frames (2nd and 4th of 5): (1/2 + 2/4) / 2."""
    report = frame_map(
        {"v": scored([0.9, 0.8, 0.7, 0.6, 0.1])},
        {"v": truth([[1, 2], [3, 4]], [1, 1])},
        ONE,
        rate_hz=1.0,
    )
    assert report.mean == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert report.positives.tolist() == [2]
    assert report.frames == 5


def test_the_filter_takes_the_maximum_of_five_frames():
    """Peak at frame 3 spreads over 1..5; the truth is frames 1..5: perfect."""
    scores = {"v": scored([0.1, 0, 0, 0.9, 0, 0, 0.05, 0.05])}
    known = {"v": truth([[1, 6]], [1])}
    plain = frame_map(scores, known, ONE, rate_hz=1.0)
    assert plain.mean < 1
    assert frame_map(scores, known, ONE, rate_hz=1.0, max_filter=5).mean == 1


def test_a_cliff_dive_counts_as_a_dive():
    scores = {"v": scored([[0.9, 0.1], [0.2, 0.8], [0.0, 0.3]])}
    known = {"v": truth([[0, 1], [0, 2]], [1, 2])}
    kit = frame_map(scores, known, DIVES, rate_hz=1.0)
    assert kit.average_precision.tolist() == [1, 1]
    plain = frame_map(scores, known, DIVES, rate_hz=1.0, implied=())
    assert plain.average_precision[1] == pytest.approx((1 + 2 / 3) / 2)


def test_background_videos_are_ranked_too():
    scores = {"a": scored([0.9, 0.9]), "v": scored([0.5])}
    known = {"v": truth([[0, 1]], [1])}
    report = frame_map(scores, known, ONE, rate_hz=1.0)
    assert report.mean == pytest.approx(1 / 3)
    assert "no truth" in report.notes[0]


def test_videos_without_scores_count_as_missed():
    known = {"v": truth([[0, 1]], [1]), "w": truth([[2, 5]], [1])}
    report = frame_map({"v": scored([0.5])}, known, ONE, rate_hz=1.0)
    assert report.mean == pytest.approx(1 / 4)
    assert "no scores for 1 video of the truth" in report.notes[0]


def test_what_comes_after_the_last_score_counts_as_missed():
    """Two of four positive frames have a score, both first: half of the recall."""
    known = {"v": truth([[0, 4]], [1])}
    report = frame_map({"v": scored([0.5, 0.5])}, known, ONE, rate_hz=1.0)
    assert report.mean == pytest.approx(1 / 2)
    assert report.positives.tolist() == [4]
    assert "scores end before the truth in 1 video, 2 pos" in report.notes[0]
    assert "v (2 of 4 s)" in report.notes[0]


def test_ambiguous_frames_without_a_score_are_left_out_when_asked():
    known = {
        "v": truth([[0, 4]], [1], [[2, 4]]),
        "w": truth([[0, 3]], [1], [[0, 3]]),
    }
    scores = {"v": scored([0.5, 0.5])}
    plain = frame_map(scores, known, ONE, rate_hz=1.0)
    assert plain.positives.tolist() == [7]
    report = frame_map(scores, known, ONE, rate_hz=1.0, drop_ambiguous=True)
    assert (report.mean, report.positives.tolist()) == (1, [2])


def test_a_truth_that_no_video_can_have_is_refused():
    with pytest.raises(InputError, match=r"w: truth beyond the end .* got 100000000"):
        frame_map({"v": scored([0.5])}, {"w": truth([[0, 1e8]], [1])}, ONE)


def test_ambiguous_frames_stay_unless_asked():
    scores = {"v": scored([0.9, 0.5])}
    known = {"v": truth([[1, 2]], [1], [[0, 1]])}
    assert frame_map(scores, known, ONE, rate_hz=1.0).mean == 0.5
    assert frame_map(scores, known, ONE, rate_hz=1.0, drop_ambiguous=True).mean == 1


def test_no_frame_and_no_truth_are_no_figure():
    assert math.isnan(frame_map({}, {}, ONE).mean)
    report = frame_map({"v": scored([0.5])}, {"v": VideoTruth.none()}, ONE)
    assert math.isnan(report.mean)
    assert report.to_json()["per_class"] == {"Jump": {"frame": None}}


def test_five_samples_a_second_hold_for_five_frames_each():
    video = scored(np.arange(15) / 15, step_s=0.2)
    times = grid_times(video.duration_s, 25.0)
    assert len(times) == 75
    np.testing.assert_array_equal(
        held(video, times)[:, 0], np.repeat(video.probability[:, 1], 5)
    )


def test_frames_of_annotated_tenths_are_the_kit_s():
    """72.8 to 76.4 s at 25 fps are frames 1820 to 1909."""
    scores = {"v": FrameScores(np.zeros((1, 2), np.float32), np.zeros(1), 100.0)}
    report = frame_map(scores, {"v": truth([[72.8, 76.4]], [1])}, ONE)
    assert report.frames == 2500
    assert report.positives.tolist() == [90]


@given(
    arrays(np.float32, 30, elements=st.floats(0, 1, width=32), unique=True),
    arrays(bool, 30),
)
def test_frame_precision_is_average_precision(scores, labels):
    if labels.any():
        want = average_precision_score(labels, scores)
        got = frame_precision(scores, labels, int(labels.sum()))
        assert got == pytest.approx(want)


@given(st.permutations(["c", "a", "b"]), st.integers(0, 999))
def test_the_order_of_videos_changes_nothing(order, seed):
    rng = np.random.default_rng(seed)
    scores = {v: scored(rng.integers(0, 3, 8) / 2) for v in "abc"}
    known = {v: truth([[1, 4]], [1]) for v in "abc"}
    plain = frame_map(scores, known, ONE, rate_hz=2.0, max_filter=3)
    again = frame_map(
        {v: scores[v] for v in order}, known, ONE, rate_hz=2.0, max_filter=3
    )
    assert plain.mean == again.mean


def test_wrong_width_and_wrong_settings_are_named():
    with pytest.raises(InputError, match=r"wanted 3 columns .* got 2"):
        frame_map({"v": scored([0.5])}, {}, DIVES)
    with pytest.raises(ValueError, match="got 4"):
        frame_map({}, {}, ONE, max_filter=4)
    with pytest.raises(ValueError, match="got -1"):
        frame_map({}, {}, ONE, rate_hz=-1.0)


@pytest.mark.parametrize("rate_hz", [1.0, 5.0, 25.0, 29.97])
def test_places_on_the_grid_are_those_that_a_search_finds(rate_hz, rng):
    times_s = grid_times(400.0, rate_hz)
    moments = np.concatenate([rng.random(2000) * 399, rng.choice(times_s, 500)])
    moments = np.concatenate([moments, moments + 1e-6, moments.round(1), [0.0, -3.0]])
    wanted = np.searchsorted(times_s + 1e-6, moments)
    assert grid_places(moments, rate_hz).tolist() == wanted.tolist()


def test_a_far_truth_costs_no_grid():
    """Of a thousand videos that end far away: 2.5 billion frames, none laid out."""
    known = {str(i): truth([[0, 1e5 - 1], [5, 1e5]], [1, 1]) for i in range(1000)}
    report = frame_map({"0": scored([0.5])}, known, ONE)
    assert report.positives.tolist() == [1000 * 2_500_000]
