"""Means in all dimensions from where the frames lie."""

import numpy as np
import pytest

from dbs_core.method.imprint import accumulation
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.posterior import posterior_of
from dbs_core.records import Features, Placement
from tests.core.made_frames import generator, plain, scenes
from tests.core.method.imprint.test_em import SMALL


class TestImprintOf:
    """Step 2 of the two-step scheme: any features, averaged where frames lie."""

    def test_is_the_weighted_mean_of_what_lies_there(self, rng):
        maps = rng.normal(size=(2, 2, 2, 3)).astype(np.float32)
        placement = Placement(
            np.array([[[4, 4]], [[4, 3]]], np.int16),
            np.array([[0.75], [0.25]], np.float32),
            (5, 5),
            (2, 2),
            np.array([0.0, 0.2]),
            0.4,
        )
        found = accumulation.imprint_of(
            Features(maps, placement.times_s, placement.duration_s), placement
        )
        # frame 0 covers rows 4, 0 and columns 4, 0; frame 1 columns 3, 4
        np.testing.assert_allclose(
            found.mean[4, 4], 0.75 * maps[0, 0, 0] + 0.25 * maps[1, 0, 1], rtol=1e-5
        )
        np.testing.assert_allclose(found.mean[0, 0], maps[0, 1, 1], rtol=1e-6)
        np.testing.assert_allclose(found.mean[0, 3], maps[1, 1, 0], rtol=1e-6)
        assert found.usage[4, 4] == pytest.approx(1)
        assert found.usage[4, 3] == pytest.approx(0.25)
        assert not found.usage[1:4].any()
        assert not found.mean[1:4].any()

    def test_does_not_depend_on_chunks(self, rng, monkeypatch):
        video = scenes(rng)
        placement = fit(video, plain(6), SMALL, generator=generator()).placement
        whole = accumulation.imprint_of(video, placement)
        monkeypatch.setattr(accumulation, "CHUNK", 5)
        parts = accumulation.imprint_of(video, placement)
        np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-5)
        np.testing.assert_allclose(parts.usage, whole.usage, atol=1e-5)

    def test_posterior_of_a_placement_is_sorted_by_frame(self, rng):
        placement = fit(scenes(rng), plain(6), SMALL, generator=generator()).placement
        posterior = posterior_of(placement)
        assert np.all(np.diff(posterior.frame.numpy()) >= 0)
        assert posterior.weight.numpy().min() > 0
        assert posterior.weight.numpy().sum() == pytest.approx(
            placement.weights.sum(), rel=1e-6
        )
