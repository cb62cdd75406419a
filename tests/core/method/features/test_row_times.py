"""A row of features stands for its clip: half a step before and after its time."""

import numpy as np
import pytest

from dbs_core.datasets.counted_warnings import Tally
from dbs_core.datasets.formats.frame_csv import frames_of_csv, frames_to_csv
from dbs_core.datasets.formats.frame_npz import frames_of_npz, frames_to_npz
from dbs_core.evaluation.ceilings import label_scores
from dbs_core.evaluation.protocols.frame_grid import held
from dbs_core.method.backprojection.windows import frame_index
from dbs_core.method.features.precomputed_maps import PrecomputedMaps
from dbs_core.method.features.settings import FeatureSettings
from dbs_core.method.labels_to_spans import localise
from dbs_core.method.settings import Settings
from dbs_core.records import ClassList, Placement, Segments, VideoTruth

CLIP_S = 16 / 15
"""16 frames of video at 15 a second, one clip after the other."""
CLASSES = ClassList(("a", "b"), (1, 2))


def placement(folder, settings, name="v") -> Placement:
    features = PrecomputedMaps(folder).features(name, settings, None)
    return Placement(
        np.zeros((len(features), 1, 2), np.int16),
        np.ones((len(features), 1), np.float32),
        (16, 16),
        (1, 1),
        features.times_s,
        features.duration_s,
        features.lead_s,
    )


@pytest.fixture
def rows(tmp_path) -> Placement:
    np.save(tmp_path / "v.npy", np.random.default_rng(0).random((20, 5)))
    np.save(tmp_path / "w.npy", np.random.default_rng(1).random((12, 5)))
    settings = FeatureSettings(rate_hz=1 / CLIP_S, offset_s=CLIP_S / 2)
    return placement(tmp_path, settings)


@pytest.fixture
def truth() -> VideoTruth:
    """Actions over clips 3 to 6 and 12 to 13."""
    spans = np.array([[3, 7], [12, 14]]) * CLIP_S
    return VideoTruth(Segments.of(spans.tolist(), [1, 2]), np.zeros((0, 2)))


def test_rows_that_cover_an_action_give_its_very_span(rows, truth):
    settings = Settings(smoothing=0.0)
    scores = label_scores(truth, rows, 3)
    _, candidates = localise(scores, settings)
    found = candidates.detections
    best = [found.spans_s[found.labels == c][0] for c in (1, 2)]
    np.testing.assert_allclose(best, truth.segments.spans_s, atol=1e-9)


def test_frames_in_between_have_the_score_of_their_clip(rows, truth):
    scores = label_scores(truth, rows, 3)
    at = np.arange(0, 20 * CLIP_S, 0.05)
    inside = (at >= 3 * CLIP_S) & (at < 7 * CLIP_S)
    np.testing.assert_array_equal(held(scores, at)[:, 0] > 0.5, inside)


def test_a_moment_belongs_to_the_clip_around_it(rows):
    for clip in range(20):
        for share in (0.01, 0.5, 0.99):
            assert frame_index(rows.starts_s, (clip + share) * CLIP_S) == clip


def test_written_scores_stand_where_they_stood(rows, truth, tmp_path):
    scores = label_scores(truth, rows, 3)
    csv, npz = tmp_path / "s.csv", tmp_path / "s.npz"
    frames_to_csv(csv, {"v": scores}, CLASSES)
    frames_to_npz(npz, {"v": scores})
    at = np.arange(0, 20 * CLIP_S, 0.05)
    read = frames_of_csv(csv, CLASSES, Tally()), frames_of_npz(npz, CLASSES)
    for again in read:
        np.testing.assert_array_equal(held(again["v"], at), held(scores, at))


class TestLead:
    def test_times_in_the_file_lead_by_half_their_step(self, tmp_path):
        np.savez(tmp_path / "v.npz", feats=np.ones((4, 3)), times_s=[0.5, 1.5, 2.5, 3])
        np.savez(tmp_path / "w.npz", feats=np.ones((5, 3)), times_s=np.arange(5.0))
        starts = placement(tmp_path, FeatureSettings()).starts_s
        np.testing.assert_allclose(starts, [0, 1, 2, 2.75])
        starts = placement(tmp_path, FeatureSettings(), "w").starts_s
        np.testing.assert_allclose(starts, [0, 0.5, 1.5, 2.5, 3.5])

    def test_a_file_may_say_that_rows_stand_from_their_times_on(self, tmp_path):
        arrays = {"feats": np.ones((4, 3)), "times_s": np.arange(4.0)}
        np.savez(tmp_path / "v.npz", **arrays, lead_s=0.0)
        np.savez(tmp_path / "w.npz", feats=np.ones((5, 3)), times_s=np.arange(5.0))
        one = placement(tmp_path, FeatureSettings())
        np.testing.assert_array_equal(one.starts_s, one.times_s)
