"""Features that end long before their truths: a wrong rate, or an annotator's slip."""

from pathlib import Path

import numpy as np
import pytest

from dbs_core.records import Features, Segments, VideoEntry, VideoTruth, clip_truth
from dbs_core.training.feature_ends import ending_early, failures_of, note_of
from dbs_core.training.videos import TrainingVideo


def video(
    name: str, ends_s: float, truth_s: float, told_s: float | None = None
) -> TrainingVideo:
    """Features of one map a second up to `ends_s`, an action up to `truth_s`."""
    times_s = np.arange(ends_s, dtype=np.float64)
    features = Features(
        np.zeros((len(times_s), 1, 1, 2), np.float16), times_s, float(ends_s)
    )
    truth = VideoTruth(Segments.of([(0.5, truth_s)], [1]), np.zeros((0, 2)))
    path = Path("/no/such/folder") / f"{name}.mp4"
    entry = VideoEntry(name, path, "validation", truth, told_s)
    return TrainingVideo(entry, "", features, clip_truth(truth, float(ends_s)))


@pytest.mark.parametrize(
    ("ends_s", "truth_s", "early"),
    [
        (100, 60.0, False),  # no action towards the end
        (100, 101.9, False),  # rounding
        (100, 110.0, False),  # within a tenth
        (50, 100.0, True),  # features of another rate
        (5, 8.0, True),
    ],
)
def test_a_tenth_or_two_seconds_is_no_matter(ends_s, truth_s, early):
    assert bool(ending_early([video("a", ends_s, truth_s)])) is early


def test_where_the_annotation_tells_the_length_that_counts():
    assert ending_early([video("a", 50, 100.0, told_s=50.0)]) == {}


def test_where_the_video_is_there_that_counts(tmp_path):
    made = video("a", 50, 100.0)
    (tmp_path / "a.mp4").touch()
    entry = VideoEntry("a", tmp_path / "a.mp4", "validation", made.entry.truth)
    assert ending_early([TrainingVideo(entry, "", made.features, made.truth)]) == {}


def test_slips_in_a_few_are_noted_and_all_train():
    """THUMOS'14 has such: 112.6 s with a truth up to 127 s."""
    videos = [video(f"v{n}", 100, 90.0) for n in range(9)] + [video("slip", 112, 127.0)]
    assert failures_of(videos) == []
    (note,) = note_of(videos)
    assert "features of 1 video end much before the truth" in note
    assert "slip (112.0 of 127.0 s)" in note


def test_a_wrong_rate_is_refused_video_by_video():
    """Those without an action late in them cannot tell, and are not accused."""
    videos = [video(f"v{n}", 50, 95.0) for n in range(6)]
    videos += [video(f"w{n}", 50, 40.0) for n in range(4)]
    failures = dict(failures_of(videos))
    assert sorted(failures) == [f"v{n}" for n in range(6)]
    assert "50.0 of 95.0 s" in failures["v0"]
    assert "--rate" in failures["v0"]


def test_nothing_to_say_of_nothing():
    assert (failures_of([]), note_of([])) == ([], ())
