"""Integrity of a video and its truth; truth cut to the video."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbs_core.method.video.integrity import check
from dbs_core.records import Segments, VideoEntry, VideoTruth, clip_truth
from tests.core.make_video import write_video

SPANS = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0.01, 30)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=8,
)


def truth_of(spans: list, ambiguous: list) -> VideoTruth:
    return VideoTruth(
        Segments.of(spans, list(range(1, len(spans) + 1))),
        np.array(ambiguous, np.float64).reshape(-1, 2),
    )


@given(spans=SPANS, ambiguous=SPANS, duration_s=st.floats(0.5, 60))
def test_clipped_truth_lies_in_the_video_and_loses_nothing_of_it(
    spans: list, ambiguous: list, duration_s: float
) -> None:
    clipped = clip_truth(truth_of(spans, ambiguous), duration_s)
    kept = [(s, min(e, duration_s), i + 1) for i, (s, e) in enumerate(spans)]
    found = [
        (*span, label)
        for span, label in zip(
            clipped.segments.spans_s.tolist(),
            clipped.segments.labels.tolist(),
            strict=True,
        )
    ]
    assert found == [(s, e, i) for s, e, i in kept if s < duration_s]
    cut = [[s, min(e, duration_s)] for s, e in ambiguous if s < duration_s]
    assert clipped.ambiguous_s.tolist() == cut
    again = clip_truth(clipped, duration_s)
    assert again.segments.spans_s.tolist() == clipped.segments.spans_s.tolist()


def test_truth_past_the_end_is_a_problem_with_both_times(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 50)
    truth = truth_of([(0.5, 1.0), (5.0, 714.0)], [(1.0, 9.0)])
    info = check(VideoEntry("a", path, "test", truth))
    assert info.readable
    assert info.problems == (
        "truth ends at 714.0 s, the video at 2.0 s",
        "an ambiguous span ends at 9.0 s, the video at 2.0 s",
    )


@pytest.mark.parametrize("truth", [None, VideoTruth.none()])
def test_no_truth_no_problem(tmp_path: Path, truth: VideoTruth | None) -> None:
    path = write_video(tmp_path / "a.mp4", 50)
    assert check(VideoEntry("a", path, "test", truth)).problems == ()


def test_a_tenth_of_a_second_is_rounding(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 51)  # 2.04 s
    truth = truth_of([(0.0, 2.1)], [])
    assert check(VideoEntry("a", path, "test", truth)).problems == ()


def test_missing_and_damaged_files_do_not_stop_the_rest(tmp_path: Path) -> None:
    gone = check(VideoEntry("a", tmp_path / "gone.mp4", "test", VideoTruth.none()))
    assert (gone.readable, gone.problems) == (False, ("no such file",))
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    bad = check(VideoEntry("b", tmp_path / "bad.mp4", "test", VideoTruth.none()))
    assert not bad.readable
    assert len(bad.problems) == 1
