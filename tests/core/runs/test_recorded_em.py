"""The recorded EM that the app plays: of the sample's frames, and what it claims."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from dbs_core.records import Segments
from dbs_core.runs.places import SAMPLE
from dbs_core.runs.recorded_em import RECORDING, most_shared, read_recorded_em
from dbs_core.runs.run import Run
from dbs_core.runtime.errors import InputError


def test_it_is_of_the_samples_frames() -> None:
    recorded = read_recorded_em()
    result = Run.open(SAMPLE).result("test", recorded.video_id)
    assert recorded.trace.shape[1] == len(result.placement)
    assert recorded.grid == result.placement.grid
    assert recorded.window == result.placement.window
    assert len(recorded.trace) == len(recorded.log_likelihood)
    rises = np.diff(recorded.log_likelihood)
    assert rises.min() >= -1e-6 * abs(recorded.log_likelihood[-1])


def test_frames_that_look_alike_come_together() -> None:
    """Told by the video's own pixels, though they lie on fewer places than at first."""
    recorded = read_recorded_em()
    run = Run.open(SAMPLE)
    result = run.result("test", recorded.video_id)
    small = frames(run.video_file(result), result.placement.times_s)

    def unlike(places: np.ndarray) -> float:
        keys = places[:, 0].astype(int) * recorded.grid[1] + places[:, 1]
        piles = [small[keys == key] for key in np.unique(keys)]
        return sum(((pile - pile.mean(0)) ** 2).sum() for pile in piles) / small.size

    before, after = unlike(recorded.trace[0]), unlike(recorded.trace[-1])
    assert after < 0.8 * before
    assert len(np.unique(recorded.trace[-1], axis=0)) < len(
        np.unique(recorded.trace[0], axis=0)
    )


def frames(path: Path, times_s: np.ndarray) -> np.ndarray:
    """Give small pictures of the frames at some times, as OpenCV reads them."""
    video, found = cv2.VideoCapture(str(path)), []
    for time_s in times_s:
        video.set(cv2.CAP_PROP_POS_MSEC, float(time_s) * 1000)
        read, frame = video.read()
        assert read
        found.append(cv2.resize(frame, (16, 16), interpolation=cv2.INTER_AREA))
    return np.array(found, np.float64)


def test_the_actions_to_follow_lie_on_the_same_places() -> None:
    recorded = read_recorded_em()
    run = Run.open(SAMPLE)
    result = run.result("test", recorded.video_id)
    starts = result.placement.starts_s
    first, second = (
        {tuple(place) for place in recorded.trace[-1][(starts >= a) & (starts < b)]}
        for a, b in recorded.spans_s
    )
    assert first & second
    assert result.truth is not None
    spans = result.truth.segments.spans_s.tolist()
    assert all(span in spans for span in recorded.spans_s.tolist())


PLACES = np.array([[0, 0], [0, 1], [5, 5], [0, 0], [0, 0], [5, 5]], np.int16)
STARTS = np.arange(6.0)


def test_of_two_pairs_the_one_that_shares_more_is_chosen() -> None:
    """Classes 1, 1, 1, 2: rows 2 and 1 share all places, the others fewer or none."""
    spans = np.array([[4, 5], [0, 2], [3, 4], [2, 3]], np.float64)
    truth = Segments(spans, np.array([1, 1, 1, 2]), np.ones(4))
    assert most_shared(truth, PLACES, STARTS) == (2, 0)


def test_actions_of_two_classes_share_nothing() -> None:
    spans = np.array([[0, 1], [3, 4]], np.float64)
    truth = Segments(spans, np.array([1, 2]), np.ones(2))
    with pytest.raises(ValueError, match="on one place"):
        most_shared(truth, PLACES, STARTS)


def test_a_damaged_recording_is_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "em.npz"
    bad.write_bytes(RECORDING.read_bytes()[:200])
    with pytest.raises(InputError, match=r"em\.npz"):
        read_recorded_em(bad)
