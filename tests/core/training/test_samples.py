"""Training videos: whole ones and instances; what a sample holds."""

import numpy as np
import pytest

from dbs_core.method.backprojection.annotation_maps import assigned_mask, target_map
from dbs_core.method.backprojection.settings import TargetSettings
from dbs_core.method.features.cache import FeatureCache
from dbs_core.method.settings import Settings
from dbs_core.records import (
    Features,
    Placement,
    SampledVideo,
    Segments,
    VideoEntry,
    VideoTruth,
)
from dbs_core.runtime.progress import SILENT
from dbs_core.training.imprints import place
from dbs_core.training.learner import Learner
from dbs_core.training.samples import build
from dbs_core.training.videos import TrainingVideo, training_videos
from tests.core.small_model import CLASSES, SETTINGS, MeanColours, small_model


def sampled(features):
    return SampledVideo(features, np.zeros((len(features), 84, 84, 3), np.uint8))


def entry(tmp_path, truth):
    return VideoEntry("v", tmp_path / "v.mp4", "validation", truth)


def truth_of(spans, labels, ambiguous=()):
    return VideoTruth(
        Segments.of(np.array(spans, float), labels),
        np.array(ambiguous, float).reshape(-1, 2),
    )


def placed_by(video, root, seed=0):
    cache = FeatureCache(root)
    learner = Learner(CLASSES, SETTINGS, seed, MeanColours(), cache, root)
    return place(video, small_model().locate, learner, SILENT)


class TestPlace:
    def test_depends_on_seed_video_and_part_only(self, features, tmp_path):
        def best(part, seed):
            video = TrainingVideo(
                entry(tmp_path, None), part, features, truth_of([], [])
            )
            return placed_by(video, tmp_path, seed).best.tolist()

        assert best("", 0) == best("", 0)
        assert best("", 0) != best("", 1)
        assert best("", 0) != best("instance 0", 0)


class TestBuild:
    @pytest.fixture
    def built(self, features, tmp_path):
        truth = truth_of([[1, 3], [5, 6]], [1, 2], [[7, 8]])
        videos = list(training_videos(entry(tmp_path, truth), sampled(features), True))
        model = small_model()
        placements = [placed_by(v, tmp_path) for v in videos]
        placed = list(zip(videos, placements, strict=True))
        samples = build(tmp_path / "x", placed, model.describe, SETTINGS, 3, SILENT)
        return videos, placements, samples

    def test_one_sample_a_video(self, built):
        videos, placements, samples = built
        assert len(samples) == len(videos) == 3
        for sample, placement in zip(samples, placements, strict=True):
            np.testing.assert_array_equal(sample.mask, assigned_mask(placement, 0.5))
            assert not sample.descriptors[~sample.mask].any()
            lengths = np.linalg.norm(sample.descriptors[sample.mask], axis=1)
            np.testing.assert_allclose(lengths, 1, atol=0.01)

    def test_masses_count_labelled_frames(self, built):
        """40 frames, of them 5 ambiguous; instances of 10 and 5 frames."""
        _, _, samples = built
        whole, first, second = (s.mass.sum((0, 1)) for s in samples)
        np.testing.assert_allclose(whole, [20, 10, 5], atol=0.1)
        np.testing.assert_allclose(first, [0, 10, 0], atol=0.1)
        np.testing.assert_allclose(second, [0, 0, 5], atol=0.1)

    def test_target_is_that_of_the_masses(self, built):
        sample = built[2][0]
        target = SETTINGS.target
        wanted = target_map(sample.mass, (7, 7), target.kind, target.tau)
        np.testing.assert_array_equal(sample.target, wanted)


def test_equation_5_counts_a_frame_of_two_classes_for_both(tmp_path):
    """METHOD 2.4: S_c sums q over T_c, and such a frame is in both sets.

    Five frames of two classes at one origin exceed tau = 4 for each of them.
    """
    t = 80
    locations = np.zeros((t, 1, 2), np.int16)
    locations[5:] = [8, 8]
    times = np.arange(t) * 0.2
    placement = Placement(
        locations, np.ones((t, 1), np.float32), (16, 16), (7, 7), times, t * 0.2
    )
    features = Features(np.ones((t, 7, 7, 6), np.float32), times, t * 0.2)
    # Both classes in the first five frames, and each on its own in many others.
    truth = truth_of([[0, 8], [0, 1], [8.0, 16]], [1, 2, 2])
    video = TrainingVideo(entry(tmp_path, truth), "", features, truth)
    settings = Settings(
        epitome=SETTINGS.epitome, target=TargetSettings(kind="eq5", tau=4.0)
    )
    placed = [(video, placement)]
    describe = small_model().describe
    samples = build(tmp_path / "x", placed, describe, settings, 3, SILENT)
    assert samples[0].target[0, 0].tolist() == [0, 0.5, 0.5]
