"""The videos a run learns from: whole, mirrored, and each instance cut out."""

import numpy as np
import pytest

from dbs_core.runtime.errors import InputError
from dbs_core.training.videos import crop, training_videos
from tests.core.training.conftest import T
from tests.core.training.test_samples import entry, sampled, truth_of


class TestCrop:
    def test_time_starts_at_the_cut(self, features):
        cut = crop(features, 1.0, 3.0)
        np.testing.assert_allclose(cut.times_s, np.arange(10) * 0.2, atol=1e-9)
        assert cut.duration_s == pytest.approx(2.0)
        np.testing.assert_array_equal(cut.maps, features.maps[5:15])

    def test_nothing_there_is_empty(self, features):
        assert len(crop(features, 1.01, 1.1)) == 0


class TestTrainingVideos:
    TRUTH = truth_of([[1, 3], [4, 4.5], [5, 6]], [1, 2, 2], [[7, 8]])

    def test_whole_video_then_each_long_enough_instance(self, features, tmp_path):
        """4..4.5 s holds three frames: fewer than five are dropped (METHOD 3.4)."""
        found = list(
            training_videos(entry(tmp_path, self.TRUTH), sampled(features), True)
        )
        assert [len(v.features) for v in found] == [T, 10, 5]
        assert [v.whole for v in found] == [True, False, False]
        assert len({v.part for v in found}) == 3

    def test_an_instance_is_one_class_everywhere(self, features, tmp_path):
        """METHOD 3.4: nothing of what else is annotated there."""
        videos = training_videos(entry(tmp_path, self.TRUTH), sampled(features), True)
        labels = list(videos)[2].labels(3)
        assert labels[:, 2].all()
        assert not labels[:, :2].any()

    def test_only_whole_videos_without_crops(self, features, tmp_path):
        videos = training_videos(entry(tmp_path, self.TRUTH), sampled(features), False)
        assert [v.whole for v in videos] == [True]

    def test_truth_past_the_end_is_cut(self, features, tmp_path):
        truth = truth_of([[6, 700], [300, 400]], [1, 2])
        found = list(training_videos(entry(tmp_path, truth), sampled(features), True))
        assert [len(v.features) for v in found] == [T, 10]
        assert found[0].truth.segments.spans_s.tolist() == [[6.0, 8.0]]

    def test_video_without_truth_is_named(self, features, tmp_path):
        with pytest.raises(InputError, match=r"v.mp4: no annotation to train on"):
            list(training_videos(entry(tmp_path, None), sampled(features), True))
