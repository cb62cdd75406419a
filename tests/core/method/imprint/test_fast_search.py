"""The EM with one fixed variance, as in the fast search, against the float64 reference.

Both ways of comparing frames with windows are held to it: bounded in bytes, and all of
them in float32.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dbs_core.method.features.projection import l2
from dbs_core.method.imprint import accumulation, byte_products, em, reduced_frames
from dbs_core.method.imprint.comparing import Epitome
from dbs_core.method.imprint.fitting import fit
from dbs_core.method.imprint.reduced_frames import ReducedFrames
from dbs_core.method.imprint.settings import EpitomeSettings
from dbs_core.records import Features
from dbs_core.runtime.errors import InputError
from tests.core.made_frames import features_of, generator, plain, scenes
from tests.core.method.imprint import exact_em as exact

FULL = EpitomeSettings(grid=16)
FAST = replace(FULL, search="fast")
FIXED = replace(FULL, learn_variance=False)
D = 6


@pytest.fixture(params=[True, False], ids=["bytes", "float32"])
def route(request, monkeypatch):
    """One of the two ways, whatever this machine would take."""
    monkeypatch.setattr(byte_products, "multiplies_bytes", lambda device: request.param)


def frames_of(features):
    return ReducedFrames(features, plain(D), torch.device("cpu"))


def cells_of(features):
    return torch.cat([block for _, block in frames_of(features).blocks()])


def started(features, settings=FIXED, seed=0):
    return em.start(cells_of(features), settings, generator(seed))


def as_array(posterior, t, grid=16):
    q = np.zeros((t, grid * grid))
    q[posterior.frame.numpy(), posterior.origin.numpy()] = posterior.weight.numpy()
    return q.reshape(t, grid, grid)


def reference(features, mean, variance, iterations):
    """The same problem for `exact_em`, in float64."""
    begin = mean.double().numpy()
    return exact.fit(
        cells_of(features).double().numpy(),
        exact.ExactEpitome(begin, np.full_like(begin, variance)),
        iterations=iterations,
        learn_variance=False,
    )


def iterated(features, mean, settings):
    """One iteration from these means with the settings' variance."""
    variance = torch.full_like(mean[..., :1], settings.variance)
    return em.iteration(frames_of(features).blocks(), Epitome(mean, variance), settings)


@pytest.mark.usefixtures("route")
class TestAgainstTheReference:
    """Tolerances: likelihood 1e-5 of itself, posterior 1e-3, means 1e-3."""

    @pytest.mark.parametrize("seed", range(3))
    def test_follows_it(self, seed):
        """Where frames cover every cell: an unused one keeps its mean only here."""
        rng = np.random.default_rng(seed)
        video = features_of(rng.normal(size=(60, 3, 3, D)))
        mean = l2(torch.from_numpy(rng.normal(size=(8, 8, D)).astype("f4")))
        wanted = reference(video, mean, FIXED.variance, 4)
        settings = replace(FIXED, keep=64)
        for step in range(4):
            last = iterated(video, mean, settings)
            mean = last.parameters.mean
            assert last.log_likelihood == pytest.approx(
                wanted.log_likelihood[step], rel=1e-5
            )
        found = as_array(last.posterior, 60, 8)
        np.testing.assert_allclose(found, wanted.posterior, atol=1e-3)
        best = wanted.posterior.reshape(60, -1).argmax(1)
        np.testing.assert_array_equal(last.best, best)
        np.testing.assert_allclose(mean, wanted.epitome.mean, atol=1e-3)

    def test_a_frame_may_lie_on_several_places(self, rng):
        """Nine tiles with one picture: a ninth of the frame on each (Eq. 2)."""
        video = features_of(np.repeat(rng.normal(size=(1, 7, 7, D)), 5, axis=0))
        settings = replace(FIXED, grid=21, keep=81)
        mean = started(video, settings).mean
        found = iterated(video, mean, settings)
        wanted = reference(video, mean, settings.variance, 1)
        assert found.log_likelihood == pytest.approx(wanted.log_likelihood[0], rel=1e-5)
        np.testing.assert_allclose(
            as_array(found.posterior, 5, 21), wanted.posterior, atol=1e-3
        )
        assert (found.posterior.weight > 0.1).sum() == 45

    def test_likelihood_never_falls(self, rng):
        video = scenes(rng)
        settings = replace(FIXED, tolerance=0.0)
        course = em.learn(frames_of(video), settings, generator())
        steps = np.array(course.log_likelihood)
        assert np.all(np.diff(steps) >= -1e-6 * np.abs(steps[1:]))
        assert steps[-1] > steps[0]


@pytest.mark.usefixtures("route")
class TestProperties:
    def test_shifted_start_shifts_the_result(self, rng, monkeypatch):
        video, shift = scenes(rng), (3, -5)
        first = fit(video, plain(D), FAST, generator=generator())
        begin = em.first_parameters

        def shifted(*args):
            old = begin(*args)
            return Epitome(old.mean.roll(shift, (0, 1)), old.variance)

        monkeypatch.setattr(em, "first_parameters", shifted)
        second = fit(video, plain(D), FAST, generator=generator())
        moved = (first.placement.locations + np.array(shift)) % 16
        used = first.placement.weights > 1e-3
        np.testing.assert_array_equal(second.placement.locations[used], moved[used])
        np.testing.assert_allclose(
            second.imprint.mean,
            np.roll(first.imprint.mean, shift, (0, 1)),
            atol=1e-4,
        )

    def test_order_of_frames_does_not_matter(self, rng):
        video = scenes(rng)
        start = started(video).mean
        order = rng.permutation(len(video))
        mixed = features_of(video.maps[order])
        results = []
        for chosen in (video, mixed):
            mean = start
            for _ in range(3):
                last = iterated(chosen, mean, FIXED)
                mean = last.parameters.mean
            q = as_array(last.posterior, len(video))
            results.append((q, last.log_likelihood, mean))
        (q, total, mean), (q_mixed, total_mixed, mean_mixed) = results
        np.testing.assert_allclose(q_mixed, q[order], atol=1e-4)
        np.testing.assert_allclose(mean_mixed, mean, atol=1e-4)
        assert total_mixed == pytest.approx(total, rel=1e-6)

    def test_same_seed_gives_the_same_bits(self, rng):
        video = scenes(rng)
        first, second, other = (
            fit(video, plain(D), FAST, generator=generator(seed)) for seed in (5, 5, 6)
        )
        assert first.placement.weights.tobytes() == second.placement.weights.tobytes()
        assert first.imprint.mean.tobytes() == second.imprint.mean.tobytes()
        assert not np.array_equal(other.placement.best, first.placement.best)

    def test_long_videos_are_read_anew_to_the_same_result(self, rng, monkeypatch):
        video = scenes(rng)
        held = fit(video, plain(D), FAST, generator=generator())
        monkeypatch.setattr(reduced_frames, "HELD", 10)
        monkeypatch.setattr(em, "HELD", 10)
        monkeypatch.setattr(accumulation, "CHUNK", 7)
        streamed = fit(video, plain(D), FAST, generator=generator())
        np.testing.assert_array_equal(streamed.placement.best, held.placement.best)
        np.testing.assert_allclose(streamed.imprint.mean, held.imprint.mean, atol=1e-4)

    @pytest.mark.parametrize("start", ["tiled", "noise"])
    def test_the_full_em_reads_long_videos_anew_too(self, rng, monkeypatch, start):
        video, full = scenes(rng), replace(FULL, start=start)
        held = fit(video, plain(D), full, generator=generator())
        monkeypatch.setattr(reduced_frames, "HELD", 10)
        monkeypatch.setattr(em, "HELD", 10)
        monkeypatch.setattr(em, "NOISE_FRAMES", len(video))
        monkeypatch.setattr(reduced_frames, "BLOCK", 14)
        monkeypatch.setattr(reduced_frames, "PROJECTED", 7)
        monkeypatch.setattr(accumulation, "CHUNK", 7)
        blocks = [(first, len(block)) for first, block in frames_of(video).blocks()]
        assert blocks == [(0, 14), (14, 14), (28, 14), (42, 6)]
        streamed = fit(video, plain(D), full, generator=generator())
        first = (streamed.log_likelihood[0], held.log_likelihood[0])
        assert first[0] == pytest.approx(first[1], rel=1e-6)
        if start == "tiled":  # from noise, rounding alone leads elsewhere
            np.testing.assert_array_equal(streamed.placement.best, held.placement.best)
            np.testing.assert_allclose(
                streamed.imprint.mean, held.imprint.mean, atol=1e-4
            )

    @pytest.mark.parametrize("t", [1, 2])
    def test_very_short_videos(self, rng, t):
        video = features_of(rng.normal(size=(t, 7, 10, D)))
        found = fit(video, plain(D), FAST, generator=generator())
        assert found.placement.best.shape == (t, 2)
        assert found.imprint.usage.sum() == pytest.approx(70 * t, rel=1e-3)

    def test_cells_of_zeros_stay_finite(self):
        video = features_of(np.zeros((3, 7, 7, D)))
        found = fit(video, plain(D), FAST, generator=generator())
        assert np.isfinite(found.log_likelihood).all()


class TestSettings:
    def test_full_is_the_default(self):
        assert not EpitomeSettings().fast

    def test_fast_is_a_fixed_variance_and_an_earlier_end(self, rng):
        """And nothing else: the way is the same as far as it goes."""
        video = scenes(rng)
        fixed, fast = (
            fit(video, plain(D), settings, generator=generator())
            for settings in (replace(FIXED, tolerance=0.0), FAST)
        )
        steps = len(fast.log_likelihood)
        assert steps <= len(fixed.log_likelihood)
        np.testing.assert_array_equal(fast.log_likelihood, fixed.log_likelihood[:steps])
        np.testing.assert_array_equal(fast.trace, fixed.trace[:steps])
        grown = np.diff(fast.log_likelihood) / np.abs(fast.log_likelihood[:-1])
        assert grown[-1] <= 20 * FULL.tolerance
        assert all(grown[:-1] > 20 * FULL.tolerance)

    def test_noise_start_takes_the_full_search(self, rng):
        """Its posteriors are flat: the few best locations are not enough."""
        video = scenes(rng)
        settings = EpitomeSettings(grid=16, start="noise", iterations=3)
        full, fast = (
            fit(
                video, plain(D), replace(settings, search=search), generator=generator()
            )
            for search in ("full", "fast")
        )
        assert full.imprint.mean.tobytes() == fast.imprint.mean.tobytes()
        np.testing.assert_array_equal(full.log_likelihood, fast.log_likelihood)

    def test_no_frame(self):
        nothing = Features(np.zeros((0, 7, 7, D), np.float32), np.zeros(0), 1.0)
        with pytest.raises(InputError, match="no frame"):
            fit(nothing, plain(D), FAST, generator=generator())
